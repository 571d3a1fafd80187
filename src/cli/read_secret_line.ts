import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Problem } from '../domain/problems.ts';

/** The first line of standard input; on a terminal it is asked for and not shown. Throws Problem `password_missing`. */
export async function readSecretLine(): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = process.stdin.isTTY;
  if (terminal) process.stderr.write('Password: ');
  const lines = createInterface({ input: process.stdin, output: silent, terminal });
  try {
    for await (const line of lines) {
      if (terminal) process.stderr.write('\n');
      if (line.length >= 8) return line;
      break;
    }
  } finally {
    lines.close();
  }
  throw new Problem('password_missing', 'A password of at least 8 characters is needed on standard input.');
}
