import { rateLimitKinds } from '../../src/domain/rate_limits.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Cluster } from '../support/cluster.ts';

/** Lift what counts against an address, so that nothing but its capacity protects the server: as if each request came from another. */
export async function liftLimits(cluster: Cluster): Promise<void> {
  const database = openDatabase({ url: cluster.serverUrl, size: 1, prepared: true, onError: () => {} });
  const most = { most: 1_000_000, seconds: 600 };
  const rate_limits = Object.fromEntries(Object.keys(rateLimitKinds).map((kind) => [kind, most]));
  try {
    await database.transaction((tx) =>
      applyConfiguration(tx, { rate_limits }, { origin: { actor: 'bench' } }),
    );
  } finally {
    await database.end();
  }
}
