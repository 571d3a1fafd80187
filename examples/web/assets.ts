import { readFileSync } from 'node:fs';
import type { Answer } from './answer.ts';

/** The files that browsers may have, by their path. */
export const assets: ReadonlyMap<string, Answer> = new Map([
  readAsset('app.css', 'text/css; charset=utf-8'),
  readAsset('app.js', 'text/javascript; charset=utf-8'),
  readAsset('watch.js', 'text/javascript; charset=utf-8'),
  readAsset('icon.svg', 'image/svg+xml'),
]);

function readAsset(name: string, type: string): [path: string, answer: Answer] {
  const body = readFileSync(new URL(name, import.meta.url));
  return [`/${name}`, { status: 200, headers: { 'Content-Type': type, 'Cache-Control': 'no-cache' }, body }];
}
