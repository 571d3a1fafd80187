import type { Context } from 'koa';

const cookie = 'curfew_notice';
const options = { signed: true, sameSite: 'lax', overwrite: true } as const;
const seconds = 60;

/** Leave a sentence for the next page under `path`: what the form just sent has done. */
export function leaveNotice(ctx: Context, path: string, sentence: string): void {
  const value = Buffer.from(sentence).toString('base64url');
  ctx.cookies.set(cookie, value, { ...options, path, maxAge: seconds * 1000 });
}

/** The sentence left for this page, once. */
export function takeNotice(ctx: Context, path: string): string | undefined {
  const value = ctx.cookies.get(cookie, { signed: true });
  if (value === undefined) return undefined;
  ctx.cookies.set(cookie, null, { ...options, path });
  return Buffer.from(value, 'base64url').toString();
}
