import type { Context } from 'koa';

const options = { sameSite: 'lax', overwrite: true, path: '/' } as const;

/** Under TLS with a name that no other host of the domain can set. */
const nameOf = (ctx: Context) => (ctx.secure ? '__Host-curfew_device' : 'curfew_device');

/** By what accounts know this browser; it lets nobody in. */
export function readDeviceCookie(ctx: Context): string | undefined {
  const token = ctx.cookies.get(nameOf(ctx));
  return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined;
}

/** Stays when somebody signs out. */
export function keepDeviceCookie(ctx: Context, { token, seconds }: { token: string; seconds: number }): void {
  ctx.cookies.set(nameOf(ctx), token, { ...options, maxAge: seconds * 1000, signed: false });
}
