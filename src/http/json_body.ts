import type { Context } from 'koa';

/** The body as JSON, of at most `longest` bytes, uncompressed; undefined where it is not JSON. Throws 400, 413, 415. */
export async function readJson(ctx: Context, longest: number): Promise<unknown> {
  if (ctx.get('Content-Encoding')) ctx.throw(415);
  const body = await readBytes(ctx, longest);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

async function readBytes(ctx: Context, longest: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of ctx.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > longest) break;
    }
  } catch {
    ctx.throw(400, 'The request was not sent to its end.');
  }
  if (length > longest) {
    ctx.req.resume();
    ctx.throw(413);
  }
  return Buffer.concat(chunks);
}
