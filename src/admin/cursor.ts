import type { z } from 'zod';

/** Where a page ends, as an opaque text. */
export function writeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** undefined for a text that is no cursor of such a list. */
export function parseCursor<Key>(cursor: string, key: z.ZodType<Key>): Key | undefined {
  try {
    return key.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
