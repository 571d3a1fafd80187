import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';

const parse = bodyParser({ enableTypes: ['form'], formLimit: '16kb' });

/** Parse a form of at most 16 KiB, uncompressed; other bodies are not read. Never ahead of the provider's routes. */
export const parseForm: Middleware = async (ctx, next) => {
  if (ctx.get('Content-Encoding')) ctx.throw(415);
  await parse(ctx, next);
};

/** Longest accepted answer of a passkey, in UTF-16 code units. */
export const longestCredential = 12_000;

/**
 * One field as text; '' when it is missing, repeated or longer than `longest`. NUL bytes, which the
 * database cannot hold, make it '' as well.
 */
export function readField(ctx: Context, name: string, longest: number): string {
  const value = (ctx.request as { body?: Record<string, unknown> }).body?.[name];
  if (typeof value !== 'string' || value.length > longest || value.includes('\0')) return '';
  return value;
}

/** A field that may be sent several times, as texts; those that are longer than `longest` are left out. */
export function readFields(ctx: Context, name: string, longest: number): string[] {
  const value = (ctx.request as { body?: Record<string, unknown> }).body?.[name];
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter(
    (one): one is string => typeof one === 'string' && one.length <= longest && !one.includes('\0'),
  );
}
