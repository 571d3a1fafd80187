import { z } from 'zod';

/** What the rows of a report tell apart beside policies. */
export const queryKey = z.enum(['policy', 'client', 'role']).default('policy');
