import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { openDatabase } from '../../src/store/database.ts';
import { findFreePort } from '../../test/support/ports.ts';
import type { Cluster } from '../support/cluster.ts';
import type { Effort } from '../support/drive_connections.ts';
import { startServerProcess } from '../support/server_process.ts';
import { driveRefreshes } from './drive_refreshes.ts';
import { measure } from './measure.ts';
import type { Sample } from './measure.ts';
import { clientSecret, tokenEndpointOf } from './refresh_request.ts';
import { signInOnce } from './sign_in_once.ts';

export const benchIssuer = 'https://curfew.example.com';

/** The whole server as `curfew serve` runs it. */
export interface Curfew {
  /** Where it listens on the loopback. */
  port: number;
  measure(connections: number, effort: Effort): Promise<Sample>;
  /** Refresh this often and say how often each statement was sent to PostgreSQL. The last thing to ask of it. */
  countStatements(refreshes: number, effort: Effort): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

export interface CurfewOptions {
  cluster: Cluster;
  /** The server's secret, which sealed its keys. */
  secret: Buffer;
  /** Refresh tokens for each connection. */
  families: string[][];
  profileDirectory?: string | undefined;
}

/**
 * Configure the database and sign in one user; ends of sessions are told to `logoutPort` of this machine.
 * Returns the server's secret.
 */
export async function prepareCurfew(cluster: Cluster, logoutPort = 9): Promise<Buffer> {
  const secret = randomBytes(32);
  const password = randomBytes(24).toString('base64url');
  const text = readFileSync(new URL('configuration.yaml', import.meta.url), 'utf8').replace(
    '127.0.0.1:9/logout',
    `127.0.0.1:${logoutPort}/logout`,
  );
  const file = parseConfigurationFile(text, {
    env: { BENCH_CLIENT_SECRET: clientSecret, BENCH_PASSWORD: password },
  });
  const database = openDatabase({ url: cluster.serverUrl, size: 10, prepared: true, onError: () => {} });
  try {
    await database.transaction((tx) => applyConfiguration(tx, file, { origin: { actor: 'bench' } }));
    await signInOnce(database, secret, password);
  } finally {
    await database.end();
  }
  return secret;
}

/** Apply another idle limit, in minutes, of sessions and families alike. */
export async function applyIdleLimit(cluster: Cluster, minutes: number): Promise<void> {
  const database = openDatabase({ url: cluster.serverUrl, size: 1, prepared: true, onError: () => {} });
  try {
    await database.transaction(async (tx) => {
      const { policies } = await loadConfiguration(tx);
      const shorter = [...policies].map(([name, policy]) => {
        const { refresh_idle: isSet } = policy.limits;
        const idle = isSet === undefined ? {} : { refresh_idle: minutes * 60, session_idle: minutes * 60 };
        return [name, { ...policy, limits: { ...policy.limits, ...idle } }] as const;
      });
      await applyConfiguration(tx, { policies: new Map(shorter) }, { origin: { actor: 'bench' } });
    });
  } finally {
    await database.end();
  }
}

export async function startCurfew(options: CurfewOptions): Promise<Curfew> {
  const { cluster, secret, families, profileDirectory } = options;
  const port = await findFreePort();
  const target = tokenEndpointOf(port);
  const server = await startServerProcess({
    program: ['src/main.ts', 'serve'],
    preload: ['count_statements.ts'],
    profileDirectory,
    env: {
      CURFEW_ISSUER: benchIssuer,
      CURFEW_HOST: '127.0.0.1',
      CURFEW_PORT: String(port),
      CURFEW_DATABASE_URL: cluster.serverUrl,
      CURFEW_SECRET: secret.toString('base64url'),
    },
    isReady: () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  const drive = (connections: number, effort: Effort) =>
    driveRefreshes(target, families.slice(0, connections), effort);
  return {
    port,
    measure: (connections, effort) =>
      measure(
        { subject: 'curfew', connections, paced: effort.perSecond !== undefined },
        { node: () => server.ask<number>('cpu'), postgres: cluster.cpu },
        () => drive(connections, effort),
      ),
    async countStatements(refreshes, effort) {
      await server.ask('count statements');
      await drive(1, { ...effort, most: refreshes });
      return await server.ask('counted statements');
    },
    stop: () => server.stop(),
  };
}
