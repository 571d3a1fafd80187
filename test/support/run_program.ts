import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeTurn } from './run_turns.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  /** null for a program that a signal ended or that could not start. */
  code: number | null;
  /** Of a program in its turn. */
  output: string;
}

const running = new Set<ChildProcess>();
const interruption = new AbortController();

/** Aborted by Ctrl-C and SIGTERM. Every program then ends in its own way, so that no database is left running. */
export const interrupted = interruption.signal;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interruption.abort();
    for (const child of running) child.kill('SIGINT');
  });
}

/** Milliseconds for the rest of a program's output, which something that it left behind could hold open for ever. */
const closeLimit = 10_000;

/** Run a program of `node_modules`: on the terminal itself, or with a `heading` in its turn among others. */
export async function runProgram(
  program: string,
  options: readonly string[],
  among?: { heading: string; env?: Record<string, string> },
): Promise<Ended> {
  const child = spawn(process.execPath, [join('node_modules', program), ...options], {
    cwd: root,
    stdio: among ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, ...among?.env },
  });
  running.add(child);
  const turn = among && takeTurn(`\n${among.heading}\n`);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      turn?.write(text);
    });
  }
  const code = await waitForEnd(child);
  running.delete(child);
  turn?.close();
  return { code, output };
}

function waitForEnd(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
    child.once('exit', () => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, closeLimit).unref();
    });
  });
}
