import http from 'node:http';
import type { Metrics } from './create_metrics.ts';

/** Answer `GET /metrics` on a listener of its own, and nothing else; resolves with what closes it. */
export async function listenForScrapes(
  metrics: Metrics,
  port: number,
  host: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = http.createServer({ requestTimeout: 10_000, headersTimeout: 5000 }, (request, response) => {
    const isScrape = request.url === '/metrics' && request.method === 'GET';
    if (!isScrape) {
      response.writeHead(404).end();
      return;
    }
    metrics.render().then(
      ({ type, text }) =>
        response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
