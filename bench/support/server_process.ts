import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own. */
export interface ServerProcess {
  /** What `answer_questions.ts` in that process knows under this name. */
  ask<Answer>(question: string): Promise<Answer>;
  /** Stop it in an orderly way and wait until it is gone. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** The program and its arguments, from the root of the repository. */
  program: readonly string[];
  /** Modules of `bench/support` to load before it, beside `answer_questions.ts`. */
  preload?: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Where to leave a CPU profile of the whole run. */
  profileDirectory?: string | undefined;
  /** Resolves once it answers; called again and again until then. */
  isReady: (server: ServerProcess) => Promise<boolean>;
}

const startMilliseconds = 30_000;
const stopMilliseconds = 15_000;
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Start a server; its standard output is thrown away, as its log would otherwise cost us CPU. */
export async function startServerProcess(options: ServerOptions): Promise<ServerProcess> {
  const { program, preload = [], env, profileDirectory, isReady } = options;
  const modules = ['answer_questions.ts', ...preload].map((name) => new URL(name, import.meta.url).href);
  const child = spawn(
    process.execPath,
    [
      ...(profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`] : []),
      ...['tsx', ...modules].flatMap((name) => ['--import', name]),
      ...program,
    ],
    {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  const complaints: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const gone = once(child, 'close');

  const server: ServerProcess = {
    async ask<Answer>(question: string) {
      const answered = once(child, 'message');
      child.send(question);
      const [message] = (await Promise.race([answered, gone.then(failGone)])) as [{ answer: Answer }];
      return message.answer;
    },
    async stop() {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), stopMilliseconds);
      await gone;
      clearTimeout(kill);
    },
  };

  function failGone(): never {
    throw new Error(`The server ended: ${complaints.join('').slice(-2000) || 'it said nothing'}`);
  }

  try {
    const deadlineAt = performance.now() + startMilliseconds;
    while (!(await Promise.race([isReady(server), gone.then(failGone)]))) {
      if (performance.now() > deadlineAt) throw new Error('The server did not get ready in time.');
      await new Promise((resolve) => void setTimeout(resolve, 50));
    }
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
