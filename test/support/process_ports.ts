import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port of the loopback that is free, and so is the next one, where `curfew dev` has its demo app. Below
 * the range from which systems give ports to whoever asks for any, so that nobody else gets it meanwhile.
 */
export async function findPortPair(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = randomInt(10_000, 16_000) * 2;
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error('There are no two free ports side by side.');
}

/** Take a port until the returned function is called. */
export async function occupyPort(port: number, host = '127.0.0.1'): Promise<() => Promise<void>> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return () => new Promise((resolve) => server.close(() => resolve()));
}

async function isFree(port: number): Promise<boolean> {
  try {
    for (const host of ['127.0.0.1', 'localhost']) await (await occupyPort(port, host))();
    return true;
  } catch {
    return false;
  }
}
