import type { Database, Statement } from './database.ts';
import { deleteEndedFamilies, deleteEndedSessions } from './ended.ts';

/**
 * Codes are kept for a day after they expire, so that a second use is still recognised; notices that
 * nobody took, for 90 days.
 */
const expired = [
  deleteOldest('artifacts', 'expires_at'),
  deleteOldest('access_tokens', 'expires_at'),
  deleteOldest('rate_counts', 'expires_at'),
  deleteOldest('idempotent_answers', 'expires_at'),
  deleteOldest('password_links', 'expires_at'),
  deleteOldest('passkey_challenges', 'expires_at'),
  deleteOldest('sign_in_failures', 'expires_at'),
  deleteOldest('known_devices', 'expires_at'),
  deleteOldest('former_client_secrets', 'ends_at'),
  deleteOldest('authorization_codes', 'expires_at', '1 day'),
  deleteOldest('notices', 'dead_at', '90 days'),
  deleteOldest('sessions', 'created_at', '1 day', 'account_id is null and'),
];

/**
 * The $1 oldest rows whose moment lies further back than `keptFor`. The clock is asked in a query of its
 * own, and the rows are handed on as an array: otherwise PostgreSQL could use no index, or might not.
 */
function deleteOldest(table: string, moment: string, keptFor = '0', condition = ''): Statement {
  return {
    name: `expired_${table}`,
    text: `delete from ${table} where ctid = any(array(
             select ctid from ${table} where ${condition} ${moment} < (select curfew_now()) - interval '${keptFor}'
             order by ${moment} limit $1 for update skip locked)) returning 1`,
  };
}

/** Most of each that go at once. */
export interface BatchSizes {
  rows: number;
  families: number;
  /** Of one family. */
  tokens: number;
}

/** What takes part in the cleaning, each with its parameters; the first of them is how many rows it looks at. */
export function listCleaning({ rows, families, tokens }: BatchSizes): [Statement, [number, ...number[]]][] {
  return [
    ...expired.map((statement): [Statement, [number]] => [statement, [rows]]),
    [deleteEndedFamilies, [families, tokens]],
    [deleteEndedSessions, [rows]],
  ];
}

const batchSizes: BatchSizes = { rows: 1000, families: 100, tokens: 1000 };

/** Delete what expired or ended long ago, batch by batch until nothing is left or `signal` stops it. */
export async function deleteExpired(
  database: Database,
  { signal, sizes = batchSizes }: { signal?: AbortSignal; sizes?: BatchSizes } = {},
): Promise<void> {
  for (const [statement, values] of listCleaning(sizes)) {
    for (;;) {
      if (signal?.aborted) return;
      const looked = await database.transaction((tx) => tx.query(statement, values), { durable: false });
      // What others hold is left out of a batch: a half-full one may have more behind it.
      if (looked.length <= values[0] / 2) break;
    }
  }
}
