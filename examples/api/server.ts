import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequestHandler } from './request_handler.ts';

const { ISSUER: issuer = '', RESOURCE, PORT, MAX_AGE } = process.env;
const port = readNumber('PORT', PORT || '3002', 65_535);
const maxAge = readNumber('MAX_AGE', MAX_AGE || '300', 86_400);
for (const [name, url] of Object.entries({ ISSUER: issuer, RESOURCE: RESOURCE || issuer })) {
  // Whoever is between can hand out keys of their own.
  const isSafe = /^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(url);
  if (!isSafe || !URL.parse(url)) exit(`${name} is not an https URL, nor an http one on loopback`);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

const server = createServer();
server.on('error', (fault) => exit(`cannot listen: ${fault.message}`));
server.listen(port, 'localhost', () => {
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  server.on('request', createRequestHandler({ issuer, resource: RESOURCE || url, maxAge }));
  console.log(`ready ${url}`);
});

function readNumber(name: string, text: string, largest: number): number {
  const value = Number(text);
  return /^\d+$/.test(text) && value <= largest ? value : exit(`${name} is no whole number up to ${largest}`);
}

function exit(reason: string): never {
  console.error(`api: ${reason}`);
  process.exit(1);
}
