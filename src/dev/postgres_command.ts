import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

export interface RunIdentity {
  uid?: number;
  gid?: number;
}

/** How a program of PostgreSQL is started: by what, and as whom. */
export interface PostgresCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly identity: RunIdentity;
}

/** Run a short program to its end; rejects when it fails or takes longer than `timeout` seconds. */
export async function runCommand(
  { file, args, identity }: PostgresCommand,
  timeout: number,
): Promise<string> {
  const settings = { ...commandSurroundings(), ...identity, timeout: timeout * 1000 };
  return (await execFileAsync(file, args, settings)).stdout;
}

/**
 * The environment and working directory of PostgreSQL's programs. Nothing is inherited but the path, since
 * PGDATESTYLE, PGOPTIONS and locale variables of the caller's shell would change how the server behaves; and
 * the caller's working directory may be closed to the account that PostgreSQL runs as.
 */
export function commandSurroundings(): { cwd: string; env: NodeJS.ProcessEnv } {
  const path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return { cwd: '/', env: { PATH: path, LC_ALL: 'C', TZ: 'UTC' } };
}

/** In one line, why something failed: what it said on stderr, else its error. */
export function reasonOf(error: unknown): string {
  const { stderr, code, message } = error as { stderr?: string; code?: string | number; message?: string };
  return findReason(stderr ?? '') ?? (typeof code === 'string' ? code : (message ?? String(error)));
}

/** The last line that names an error, else the last: PostgreSQL adds hints and a farewell after the error. */
export function findReason(output: string): string | undefined {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.findLast((line) => /\b(error|fatal|panic):/i.test(line)) ?? lines.at(-1);
}
