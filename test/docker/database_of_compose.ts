import { chmod, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/dev/embedded_postgres.ts';
import { runToEnd } from './processes.ts';
import { readDockerText, root } from './read_dockerfile.ts';

export interface ComposeDatabase {
  /** What `/run/secrets` is in the containers. */
  secrets: string;
  /** Run statements as the superuser. */
  asSuperuser(statements: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * What `postgres` and `roles` of compose.yaml are: a PostgreSQL that asks for passwords, its roles made by
 * roles.sql with the secrets of make_secrets.sh. In the URLs, `postgres:5432` is a port of the loopback
 * that leads to its socket.
 */
export async function startDatabaseOfCompose(folder: string): Promise<ComposeDatabase> {
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), durable: false });
  const superuser = postgres.connectionUrl('postgres', 'postgres');
  await execute(superuser, 'create database curfew');
  const bridge = await openBridge(new URL(superuser).searchParams.get('host') ?? '');
  const secrets = join(folder, 'secrets');
  await makeSecrets(folder, secrets, bridge.address);

  const inCurfew = postgres.connectionUrl('postgres', 'curfew');
  const roles = readDockerText('roles.sql').replaceAll('/run/secrets', secrets);
  await execute(inCurfew, roles);
  await askForPasswords(join(folder, 'database/postgres/pg_hba.conf'), superuser);
  return {
    secrets,
    asSuperuser: (statements) => execute(superuser, statements),
    async stop() {
      bridge.close();
      await postgres.stop();
    },
  };
}

/** Compose mounts the files alone: their own modes hold, that of the folder they lie in does not. */
async function makeSecrets(folder: string, secrets: string, address: string): Promise<void> {
  const copy = join(folder, 'docker');
  await mkdir(copy);
  await cp(join(root, 'docker/make_secrets.sh'), join(copy, 'make_secrets.sh'));
  const { code, output } = await runToEnd(['sh', join(copy, 'make_secrets.sh')], {
    cwd: folder,
    env: { PATH: process.env.PATH },
  });
  if (code !== 0) throw new Error(`make_secrets.sh: ${output}`);
  await cp(join(copy, 'secrets'), secrets, { recursive: true });
  await chmod(secrets, 0o755);
  for (const name of await readdir(secrets)) {
    const file = join(secrets, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('@postgres:5432', `@${address}`));
    await chmod(file, (await stat(join(copy, 'secrets', name))).mode);
  }
}

async function askForPasswords(accessFile: string, superuser: string): Promise<void> {
  await writeFile(accessFile, 'local all postgres trust\nlocal all all scram-sha-256\n');
  await execute(superuser, 'select pg_reload_conf()');
}

async function execute(url: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}

/** A port of the loopback that leads to PostgreSQL's socket. */
async function openBridge(socketDirectory: string): Promise<{ address: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((outer) => {
    const inner = createConnection(join(socketDirectory, '.s.PGSQL.5432'));
    for (const [one, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.once('close', () => sockets.delete(one));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
