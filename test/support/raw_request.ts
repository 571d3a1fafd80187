import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  /** As it came, without the empty line that ends it. */
  head: string;
  body: string;
}

/** Send bytes as they are, which no client would, and read the answer as it comes. One request, one connection. */
export function rawRequest(
  issuer: string,
  requestLine: string,
  headers: readonly string[] = [],
  body = '',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(issuer);
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [requestLine, ...headers, ...length, 'Connection: close', '', ''].join('\r\n');
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(head + body));
    socket.setTimeout(20_000, () => socket.destroy(new Error(`No answer to ${requestLine}`)));
    socket.on('data', (part) => parts.push(part));
    socket.once('error', reject);
    socket.once('close', () => resolve(readAnswer(Buffer.concat(parts).toString('latin1'))));
  });
}

function readAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), head, body: text.slice(head.length + 4) };
}
