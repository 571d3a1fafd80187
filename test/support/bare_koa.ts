import { createServer, request as send } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Koa from 'koa';
import type { Middleware } from 'koa';
import pino from 'pino';
import type { Logger } from 'pino';

export interface BareAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface BareKoa {
  /** One request, its path and headers byte for byte as given: `fetch` would make them right. */
  request(
    path: string,
    options?: { method?: string; headers?: OutgoingHttpHeaders; body?: string },
  ): Promise<BareAnswer>;
  close(): Promise<void>;
}

/** Some middleware and nothing else, at a free port of `host`. Close it in `after`. */
export async function serveKoa(middlewares: readonly Middleware[], host = '127.0.0.1'): Promise<BareKoa> {
  const app = new Koa();
  app.silent = true;
  app.proxy = true;
  for (const middleware of middlewares) app.use(middleware);
  const answer = app.callback();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    request: (path, { method = 'GET', headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port, path, method, headers, agent: false };
        const outgoing = send(options, (incoming) => {
          text(incoming).then(
            (content) =>
              resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: content }),
            reject,
          );
        });
        outgoing.once('error', reject);
        outgoing.end(body);
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A log, and its lines. */
export function createTestLog(): { log: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { log: pino({ level: 'info' }, { write }), lines };
}
