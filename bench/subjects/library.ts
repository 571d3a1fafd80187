import type { Effort } from '../support/drive_connections.ts';
import { startServerProcess } from '../support/server_process.ts';
import { driveRefreshes } from './drive_refreshes.ts';
import { measure } from './measure.ts';
import type { Sample } from './measure.ts';
import { clientSecret, tokenEndpointOf } from './refresh_request.ts';

/** oidc-provider alone, on its memory adapter. */
export interface Library {
  measure(connections: number, effort: Effort): Promise<Sample>;
  stop(): Promise<void>;
}

export async function startLibrary(): Promise<Library> {
  const server = await startServerProcess({
    program: ['bench/subjects/library_server.ts'],
    env: { BENCH_CLIENT_SECRET: clientSecret },
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
        { subject: 'library', connections },
        { node: () => server.ask<number>('cpu') },
        () => driveRefreshes(target, families, effort),
      );
    },
    stop: () => server.stop(),
  };
}
