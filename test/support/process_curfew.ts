import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBuiltEntry } from './process_build.ts';

/** What a command said and how it ended. */
export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** Without the library's warning about the version of Node, which is no message of ours. */
  stderr: string;
}

/** A server in a process group of its own, so that ending the group ends what it started, too. */
export interface Running {
  pid: number;
  issuer: string;
  /** Seconds from the start of the process to its line `ready`. */
  readyAfter: number;
  stdout(): string;
  signal(name: NodeJS.Signals): void;
  /** As Ctrl-C in a terminal does: to every process of the group. */
  interruptGroup(): void;
  ended: Promise<Finished>;
}

export interface ProcessOptions {
  /** All of the environment but the few variables that any program needs. */
  env?: Record<string, string>;
  /** For standard input, which is closed after it. */
  input?: string;
  cwd?: string;
  uid?: number;
  gid?: number;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));
const entry = path.join(repository, 'src', 'bin.js');
/** Milliseconds for an orderly end before the process group is killed. */
const patience = 20_000;
const living = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of living) signalGroup(child, 'SIGINT');
});

/** Run a command of Curfew to its end, as a build has it. */
export async function runCurfew(
  args: readonly string[],
  env: Record<string, string> = {},
  input = '',
): Promise<Finished> {
  return await run(process.execPath, [await findBuiltEntry(), ...args], { env, input }).ended;
}

/** The same, while `onError` is told whatever it says on standard error, as it comes. */
export async function watchCurfew(
  args: readonly string[],
  env: Record<string, string>,
  onError: (text: string) => void,
): Promise<Finished> {
  const { child, ended } = run(process.execPath, [await findBuiltEntry(), ...args], { env });
  child.stderr?.on('data', onError);
  return await ended;
}

/** Start `curfew dev` from its sources; resolves when it says that it is ready, and rejects when it ends before. */
export function startDev(env: Record<string, string>): Promise<Running> {
  return startServer(process.execPath, [entry, 'dev'], { env });
}

/** `curfew dev` as a build has it, which lacks the demo app. */
export async function startBuiltDev(env: Record<string, string>): Promise<Running> {
  return await startServer(process.execPath, [await findBuiltEntry(), 'dev'], { env });
}

/** Start a program that says `ready <issuer>` at last. */
export async function startServer(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<Running> {
  const startedAt = performance.now();
  const { child, output, ended } = run(file, args, options);
  const issuer = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const ready = /^ready (\S+)$/m.exec(output.stdout)?.[1];
      if (ready) resolve(ready);
    });
    const refuse = ({ code, stdout, stderr }: Finished) =>
      reject(new Error(`It ended with ${code} before it was ready.\n${stdout}${stderr}`));
    ended.then(refuse, reject);
  });
  return {
    pid: child.pid ?? 0,
    issuer,
    readyAfter: (performance.now() - startedAt) / 1000,
    stdout: () => output.stdout,
    signal: (name) => void child.kill(name),
    interruptGroup: () => signalGroup(child, 'SIGINT'),
    ended,
  };
}

/** Run a program to its end. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<Finished> {
  return await run(file, args, options).ended;
}

/** End what still runs, in an orderly way if it listens; for `after` and `afterEach`. */
export async function endProcesses(): Promise<void> {
  await Promise.all(
    Array.from(living, async (child) => {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGINT');
      const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), patience);
      await gone;
      clearTimeout(kill);
    }),
  );
}

function run(file: string, args: readonly string[], { env = {}, input, ...place }: ProcessOptions) {
  const child = spawn(file, args, {
    cwd: repository,
    ...place,
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...pick(process.env, ['PATH', 'HOME', 'TMPDIR', 'LANG']), ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // A command that refuses before it reads leaves a broken pipe.
  child.stdin?.on('error', () => undefined).end(input);
  living.add(child);
  const ended = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      living.delete(child);
      const stderr = output.stderr.replace(/^oidc-provider WARNING: Unsupported runtime.*\n/m, '');
      resolve({ code, signal, stdout: output.stdout, stderr });
    });
  });
  return { child, output, ended };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function pick(from: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.flatMap((name) => (from[name] ? [[name, from[name]]] : [])));
}
