import type { Database } from './database.ts';

/**
 * Codes are kept for a day after they expire, so that a second use is still recognised; notices that
 * nobody took, for 90 days.
 */
const statements = [
  {
    name: 'expired_artifacts',
    text: `delete from artifacts where ctid in (select ctid from artifacts where expires_at < (select curfew_now())
           order by expires_at limit $1 for update skip locked) returning 1`,
  },
  {
    name: 'expired_access_tokens',
    text: `delete from access_tokens where ctid in (select ctid from access_tokens where expires_at < (select curfew_now())
           order by expires_at limit $1 for update skip locked) returning 1`,
  },
  {
    name: 'expired_rate_counts',
    text: `delete from rate_counts where ctid in (select ctid from rate_counts where expires_at < (select curfew_now())
           order by expires_at limit $1 for update skip locked) returning 1`,
  },
  {
    name: 'expired_anonymous_sessions',
    text: `delete from sessions where ctid in (select ctid from sessions where account_id is null
           and created_at < curfew_now() - interval '1 day' limit $1 for update skip locked) returning 1`,
  },
  {
    name: 'expired_notices',
    text: `delete from notices where ctid in (select ctid from notices where dead_at < (select curfew_now()) - interval '90 days'
           order by dead_at limit $1 for update skip locked) returning 1`,
  },
  {
    name: 'expired_codes',
    text: `delete from authorization_codes where ctid in (select ctid from authorization_codes
           where expires_at < (select curfew_now()) - interval '1 day' order by expires_at limit $1 for update skip locked)
           returning 1`,
  },
];

/** Delete what expired, in batches of `batch` rows; returns how many rows went. */
export async function deleteExpired(database: Database, batch: number): Promise<number> {
  let total = 0;
  for (const statement of statements) {
    for (;;) {
      const rows = await database.query(statement, [batch]);
      total += rows.length;
      if (rows.length < batch) break;
    }
  }
  return total;
}
