import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedPost {
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** A server on this machine that takes posts, and answers them as `answer` says. */
export interface Receiver {
  url: string;
  received: ReceivedPost[];
  /** How many connections were opened. */
  connections(): number;
  /** Resolves once so many posts have come. */
  waitFor(count: number): Promise<void>;
  close(): Promise<void>;
}

export type Answer = (response: http.ServerResponse, post: ReceivedPost) => void;

const accept: Answer = (response) => response.writeHead(204).end();

export async function startReceiver(answer: Answer = accept, port = 0): Promise<Receiver> {
  const received: ReceivedPost[] = [];
  let connections = 0;
  let wake = () => undefined as void;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      const post = { path, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(post);
      answer(response, post);
      wake();
    });
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    connections: () => connections,
    async waitFor(count) {
      while (received.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
