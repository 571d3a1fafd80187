import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range from which systems give ports to whoever asks for any, so that nobody gets one between
 * its choice and its use. Each process of a run has a part to itself.
 */
const lowest = 20_000;
const pairsInPart = 375;
const parts = 16;
const part = Number(process.env.TEST_SHARE ?? randomInt(parts)) % parts;
let next = randomInt(pairsInPart);

/** A port of the loopback that is free, and so is the next one, where `curfew dev` has its demo app. */
export async function findPortPair(): Promise<number> {
  for (let tries = 0; tries < pairsInPart; tries += 1) {
    const port = lowest + 2 * (part * pairsInPart + next);
    next = (next + 1) % pairsInPart;
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
  throw new Error('There are no two free ports side by side.');
}

/** A port of the loopback that is free. */
export const findFreePort = findPortPair;

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
