import { z } from 'zod';

/** In microseconds, as far as the database can tell of. */
const checkAt = z.number().min(0).max(Number.MAX_SAFE_INTEGER).nullable();

/** Where a page of live sessions ends, and one of families. */
export const sessionCursor = z.object({ checkAt, id: z.string().max(100) });
export const familyCursor = z.object({ checkAt, id: z.uuid() });
