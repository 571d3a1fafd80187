import { openDatabase } from '../../src/store/database.ts';
import { deleteExpired } from '../../src/store/expired.ts';
import type { Cluster } from '../support/cluster.ts';

/** What it took to delete families that ended long ago, with their tokens and sessions. */
export interface Cleaning {
  families: number;
  tokens: number;
  seconds: number;
}

/** Let `count` of `families` families, all over the table, have ended long ago, and delete them. */
export async function measureCleaning(cluster: Cluster, families: number, count: number): Promise<Cleaning> {
  await cluster.asOwner(
    `create table over as
       select family_id, session_id from families
       where family_id in (select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
                           from generate_series(1::bigint, $1, $2) n)`,
    [families, Math.max(1, Math.floor(families / count))],
  );
  for (const [table, id] of [
    ['families', 'family_id'],
    ['sessions', 'session_id'],
  ])
    await cluster.asOwner(
      `update ${table} t set ended_at = curfew_now() - interval '31 days', end_reason = 'revoked',
         check_at = curfew_now() - interval '31 days'
       from over o where o.${id} = t.${id}`,
    );
  const before = await countRows(cluster);
  const database = openDatabase({ url: cluster.serverUrl, size: 1, prepared: true, onError: () => {} });
  const startedAt = performance.now();
  try {
    await deleteExpired(database);
  } finally {
    await database.end();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await countRows(cluster);
  return { families: before.families - after.families, tokens: before.tokens - after.tokens, seconds };
}

async function countRows(cluster: Cluster): Promise<{ families: number; tokens: number }> {
  const [row] = await cluster.asOwner<{ families: number; tokens: number }>(
    `select (select count(*)::int from families) as families, (select count(*)::int from refresh_tokens) as tokens`,
  );
  if (!row) throw new Error('PostgreSQL counted nothing.');
  return row;
}
