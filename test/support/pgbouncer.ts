import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startDatabaseRelay } from './database_relay.ts';
import { findFreePort } from './ports.ts';
import { runProgram } from './process_curfew.ts';
import { waitUntil } from './process_wait.ts';

/** Debian's PgBouncer in transaction mode, before one database. It ends with `endProcesses`. */
export interface PgBouncer {
  /** The same database by way of it. */
  url: string;
  /** How many connections to the database it has open, for however many clients. */
  countServerConnections(): Promise<number>;
  /** After `endProcesses`. */
  remove(): Promise<void>;
}

const program = '/usr/sbin/pgbouncer';
/** It refuses to be root. This is nobody, everywhere. */
const unprivileged = { uid: 65534, gid: 65534 };

export function assertPgBouncerIsInstalled(): void {
  if (!existsSync(program)) throw new Error('PgBouncer is missing: apt-get install pgbouncer');
}

/** With nothing set but what it must know. Resolves when it answers, and rejects when it ends before. */
export async function startPgBouncer(databaseUrl: string, poolSize: number): Promise<PgBouncer> {
  const directory = mkdtempSync(path.join(tmpdir(), 'curfew-pgbouncer-'));
  const file = (name: string) => path.join(directory, name);
  const port = await findFreePort();
  // The cluster's socket is closed to nobody.
  const relay = await startDatabaseRelay(databaseUrl);
  const { username, pathname } = new URL(databaseUrl);
  writeFileSync(file('users.txt'), `"${username}" ""\n`);
  writeFileSync(
    file('pgbouncer.ini'),
    `
    [databases]
    * = host=127.0.0.1 port=${relay.port}
    [pgbouncer]
    listen_addr = 127.0.0.1
    listen_port = ${port}
    unix_socket_dir =
    auth_type = trust
    auth_file = ${file('users.txt')}
    stats_users = ${username}
    logfile = ${file('pgbouncer.log')}
    pool_mode = transaction
    default_pool_size = ${poolSize}
    `.replaceAll(/^ +/gm, ''),
  );
  const identity = process.geteuid?.() === 0 ? unprivileged : undefined;
  if (identity) chownSync(directory, identity.uid, identity.gid);

  let end: string | undefined;
  void runProgram(program, [file('pgbouncer.ini')], { ...identity }).then(({ code, stderr }) => {
    end = `PgBouncer ended with ${code}.\n${stderr}`;
  });
  const url = `postgresql://${username}@127.0.0.1:${port}${pathname}?sslmode=disable`;
  const ask = async (to: string, text: string) => {
    const client = new pg.Client(to);
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  await waitUntil(async () => {
    if (end !== undefined) throw new Error(end);
    return await ask(url, 'select 1').then(
      () => true,
      () => false,
    );
  }, 'PgBouncer does not answer');

  return {
    url,
    async countServerConnections() {
      const servers = await ask(url.replace(pathname, '/pgbouncer'), 'show servers');
      return servers.filter(({ database }) => `/${String(database)}` === pathname).length;
    },
    async remove() {
      await relay.close();
      rmSync(directory, { recursive: true });
    },
  };
}
