import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface ProcessOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Undefined: the user we are. */
  identity?: { uid: number; gid: number } | undefined;
}

export interface Ended {
  /** null where a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Both, as they came. */
  output: string;
}

export interface Running {
  child: ChildProcess;
  /** What it has said so far, whole once it has ended. */
  said: { stdout: string; stderr: string; output: string };
  ended: Promise<Ended>;
}

/** `node` is the one that runs the tests. */
export function start([program = '', ...args]: readonly string[], options: ProcessOptions): Running {
  const { cwd, env, identity = {} } = options;
  const file = program === 'node' ? process.execPath : program;
  const child = spawn(file, args, { cwd, env, ...identity, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '', output: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      said.output += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  return { child, said, ended };
}

export async function runToEnd(command: readonly string[], options: ProcessOptions): Promise<Ended> {
  return await start(command, options).ended;
}

/** Resolves when a line of its output matches; rejects with all of it if it ends before. */
export async function waitForLine({ child, said, ended }: Running, line: RegExp): Promise<void> {
  const seen = new Promise<void>((resolve) => {
    const look = () => {
      if (line.test(said.stdout)) resolve();
    };
    child.stdout?.on('data', look);
    look();
  });
  const over = ended.then(({ output }) => Promise.reject(new Error(`It ended: ${output}`)));
  await Promise.race([seen, over]);
}

/** What root may become; for others, and where that user cannot reach Node.js, undefined. */
export function findIdentity(user: string): { uid: number; gid: number } | undefined {
  const [uid = Number.NaN, gid = Number.NaN] = user.split(':').map(Number);
  if (process.geteuid?.() !== 0) return undefined;
  const { status } = spawnSync(process.execPath, ['--version'], { uid, gid, cwd: '/', stdio: 'ignore' });
  return status === 0 ? { uid, gid } : undefined;
}
