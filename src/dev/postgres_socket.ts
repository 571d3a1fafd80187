import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pg from 'pg';

import { giveTo, type Owner } from './postgres_ownership.ts';
import { EmbeddedPostgresProblem } from './postgres_problem.ts';

/** No TCP port: the number in the name of the socket. */
export const socketPort = 5432;

// The systems keep a socket's path in 108 bytes (Linux) or 104 (macOS), the last of them zero.
const longestSocketPath = 103;
const temporaryPrefix = 'curfew-socket-';

/**
 * The directory for PostgreSQL's socket, which `owner` alone may enter: `run` in the data directory, or a
 * temporary one where that path is too long for a socket.
 */
export async function prepareSocketDirectory(dataDirectory: string, owner: Owner): Promise<string> {
  const directory = await makeSocketDirectory(join(dataDirectory, 'run'));
  await giveTo(directory, owner);
  await chmod(directory, 0o700);
  return directory;
}

/** Remove a socket directory that `prepareSocketDirectory` made elsewhere than in the data directory. */
export function removeSocketDirectory(directory: string): void {
  if (!basename(directory).startsWith(temporaryPrefix)) return;
  rmSync(directory, { recursive: true, force: true });
}

/**
 * The libpq URL of a socket. Its host name is not used, but without one neither `URL` nor knex would take
 * it; TLS, which a PGSSLMODE of the environment may ask for, does not exist on a socket.
 */
export function socketUrl(socketDirectory: string, user: string, database: string): string {
  const address = `${encodeURIComponent(user)}@localhost/${encodeURIComponent(database)}`;
  const host = encodeURIComponent(socketDirectory);
  return `postgresql://${address}?host=${host}&port=${socketPort}&sslmode=disable`;
}

/** Whether a server takes connections and answers at that URL. */
export async function answersQueries(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // A connection that breaks between two steps is an error event, and otherwise the end of the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function makeSocketDirectory(preferred: string): Promise<string> {
  if (fitsSocket(preferred)) {
    await mkdir(preferred, { recursive: true, mode: 0o700 });
    return preferred;
  }
  const parent = [await realpath(tmpdir()), '/tmp'].find((path) =>
    fitsSocket(join(path, `${temporaryPrefix}123456`)),
  );
  if (parent !== undefined) return mkdtemp(join(parent, temporaryPrefix));

  throw new EmbeddedPostgresProblem(
    `${preferred} is too long for a socket's path: set CURFEW_DATA_DIR to a shorter one.`,
  );
}

function fitsSocket(directory: string): boolean {
  return Buffer.byteLength(join(directory, `.s.PGSQL.${socketPort}`)) <= longestSocketPath;
}
