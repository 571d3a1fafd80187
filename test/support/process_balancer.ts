import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Balancer {
  origin: string;
  /** Whom it asks, each in turn; change it as servers come and go. */
  targets: string[];
  close(): Promise<void>;
}

/** One address for several servers: one request goes to this one, the next to that one. */
export async function startBalancer(): Promise<Balancer> {
  const targets: string[] = [];
  let turn = 0;
  const server = http.createServer((request, response) => {
    const target = targets[turn % targets.length];
    turn += 1;
    if (target === undefined) return void response.writeHead(502).end();
    const { method = 'GET', url = '/', headers } = request;
    const onward = http.request(new URL(url, target), { method, headers, agent: false });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
