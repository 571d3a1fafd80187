import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

/** Bodies larger than this are refused by the library. */
const bodyLimit = 56 * 1024;

/** The body, or one byte more than the limit of it, so that the library sees what is too large. */
export async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  req.on('data', (chunk: Buffer) => {
    if (length <= bodyLimit) chunks.push(chunk);
    length += chunk.length;
    if (length > bodyLimit * 20) req.destroy();
  });
  await once(req, 'end');
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
