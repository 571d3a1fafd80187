import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';

/** A client that takes logout tokens and remembers when it first heard of whom. */
export interface LogoutReceiver {
  port: number;
  /** Unix milliseconds at which the first token of each `sub` came. */
  heard: Map<string, number>;
  /** All posts, those that came again too. */
  posts(): number;
  close(): void;
}

export async function startLogoutReceiver(): Promise<LogoutReceiver> {
  const heard = new Map<string, number>();
  let posts = 0;
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      posts += 1;
      const { sub = '' } = decodeJwt(new URLSearchParams(body).get('logout_token') ?? '');
      if (!heard.has(sub)) heard.set(sub, Date.now());
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    posts: () => posts,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
