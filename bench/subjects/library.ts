import type { Cluster } from '../support/cluster.ts';
import type { Effort } from '../support/drive_connections.ts';
import { startServerProcess } from '../support/server_process.ts';
import { driveRefreshes } from './drive_refreshes.ts';
import { measure } from './measure.ts';
import type { Sample } from './measure.ts';
import { payloadsTable } from './knex_adapter.ts';
import { clientSecret, tokenEndpointOf } from './refresh_request.ts';

/** oidc-provider without Curfew. */
export interface Library {
  measure(connections: number, effort: Effort): Promise<Sample>;
  stop(): Promise<void>;
}

/** On its memory adapter. */
export function startLibrary(): Promise<Library> {
  return startOn('library', {});
}

/** On a plain adapter for PostgreSQL, over one table. */
export async function startLibraryOnKnex(cluster: Cluster): Promise<Library> {
  await cluster.asOwner(payloadsTable);
  return await startOn('knex', { BENCH_DATABASE_URL: cluster.serverUrl }, cluster.cpu);
}

async function startOn(
  subject: Sample['subject'],
  env: Record<string, string>,
  postgres?: () => number,
): Promise<Library> {
  const server = await startServerProcess({
    program: ['bench/subjects/library_server.ts'],
    env: { BENCH_CLIENT_SECRET: clientSecret, ...env },
    isReady: async ({ ask }) => (await ask('port')) !== undefined,
  });
  const target = tokenEndpointOf(await server.ask<number>('port'));
  return {
    /** With new families each time: its memory adapter gets slower the more tokens a grant has had. */
    async measure(connections, effort) {
      const tokens = await server.ask<string[]>('seed');
      const families = Array.from({ length: connections }, (_, at) =>
        tokens.filter((_token, index) => index % connections === at),
      );
      return await measure(
        { subject, connections },
        { node: () => server.ask<number>('cpu'), ...(postgres ? { postgres } : {}) },
        () => driveRefreshes(target, families, effort),
      );
    },
    stop: () => server.stop(),
  };
}
