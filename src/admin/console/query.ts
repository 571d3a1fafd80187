import type { Context } from 'koa';
import type { z } from 'zod';
import { parseCursor, writeCursor } from '../cursor.ts';
import type { PageLinks } from '../../../views/console/page_links.ts';

/** One parameter of the address as text, without spaces around it; '' when it is missing, repeated or too long. */
export function readQuery(ctx: Context, name: string, longest = 200): string {
  const value = ctx.query[name];
  if (typeof value !== 'string' || value.length > longest || value.includes('\0')) return '';
  return value.trim();
}

/** A parameter that may be given several times. */
export function readQueries(ctx: Context, name: string, longest = 200): string[] {
  const given = ctx.query[name];
  const values = typeof given === 'string' ? [given] : (given ?? []);
  return values.filter((value) => value.length <= longest && !value.includes('\0'));
}

/** Where the page begins; undefined: at the beginning, also for what is no cursor of this list. */
export function readPlace<Key>(ctx: Context, key: z.ZodType<Key>): Key | undefined {
  return parseCursor(readQuery(ctx, 'cursor', 500), key);
}

/** Links to the next page and to the first one, with the same filter. */
export function linkPages(ctx: Context, next: unknown, isCut = false): PageLinks {
  const address = (cursor: string | undefined): string => {
    const query = new URLSearchParams(ctx.querystring);
    query.delete('cursor');
    if (cursor !== undefined) query.set('cursor', cursor);
    const text = query.toString();
    return text === '' ? ctx.path : `${ctx.path}?${text}`;
  };
  return {
    ...(next === undefined ? {} : { nextUrl: address(writeCursor(next)), isCut }),
    ...(ctx.query.cursor === undefined ? {} : { firstUrl: address(undefined) }),
  };
}
