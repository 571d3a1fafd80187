import type { RateLimit } from '../domain/rate_limits.ts';
import type { Queryable } from './database.ts';

export interface RateCount {
  /** How many in the running window, this one included. */
  count: number;
  /** Seconds until the window is over. */
  secondsLeft: number;
}

/** Count one more under `keyHash`, in a window that begins with the first and lasts `limit.seconds`. */
export async function countRate(db: Queryable, keyHash: Buffer, limit: RateLimit): Promise<RateCount> {
  const [row] = await db.query<RateCount>(
    {
      name: 'rate_count',
      text: `insert into rate_counts as r (key_hash, count, expires_at)
             values ($1, 1, curfew_now() + make_interval(secs => $2))
             on conflict (key_hash) do update set
               count = case when r.expires_at <= curfew_now() then 1 else r.count + 1 end,
               expires_at = case when r.expires_at <= curfew_now() then excluded.expires_at else r.expires_at end
             returning count, greatest(0, extract(epoch from expires_at - curfew_now()))::float8 as "secondsLeft"`,
    },
    [keyHash, limit.seconds],
  );
  return row ?? { count: 1, secondsLeft: limit.seconds };
}
