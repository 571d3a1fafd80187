import type { IncomingMessage } from 'node:http';

/** Bodies larger than this are refused by the library. */
const bodyLimit = 56 * 1024;

/**
 * The body; of one that is too large the first bytes, one more than the limit, so that the library
 * refuses it. Throws 400 when the caller goes away before its end.
 */
export async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > bodyLimit) break;
    }
  } catch (cause) {
    throw Object.assign(new Error('The request was not sent to its end.', { cause }), { status: 400 });
  }
  if (length > bodyLimit) req.resume();
  return Buffer.concat(chunks).subarray(0, bodyLimit + 1);
}

/** The request once more, with a body from memory: whoever reads it does so from the start. */
export function replayRequest(req: IncomingMessage, body: Buffer): IncomingMessage {
  const { 'transfer-encoding': _chunked, ...headers } = req.headers;
  return Object.create(req, {
    headers: { value: { ...headers, 'content-length': String(body.length) } },
    readable: { value: true },
    iterator: {
      value: async function* replay() {
        yield body;
      },
    },
  }) as IncomingMessage;
}
