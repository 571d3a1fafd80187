import { sessionLimits } from '../policy/subject_limits.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Queryable } from '../store/database.ts';
import { sampleIdleHoldings } from '../store/idle_holdings.ts';
import type { IdleGroup } from '../store/idle_holdings.ts';

/** Sessions count as idle from this share of their idle limit on. */
const idleShare = 0.5;

export interface IdleHolding {
  /** The policy that sets the idle limit, and that limit in seconds. */
  policy: string;
  limit: number;
  /** Live ones, and those of them that nobody has used for more than half of the limit. */
  sessions: number;
  idle: number;
  /** What the idle ones keep: their own rows, those of the families bound to them, and of all their tokens. */
  rows: number;
  bytes: number;
}

/** What live sessions hold that nobody has used for more than half of their idle limit, by policy and limit. Estimated where there are many. */
export async function reportIdleHoldings(db: Queryable): Promise<IdleHolding[]> {
  const configuration = await loadConfiguration(db);
  const holdings = new Map<string, IdleHolding>();
  for (const group of await sampleIdleHoldings(db)) {
    const { policy, value: limit } = sessionLimits(configuration, group, group.roles).session_idle;
    const key = `${policy} ${limit}`;
    const holding = holdings.get(key) ?? { policy, limit, sessions: 0, idle: 0, rows: 0, bytes: 0 };
    holdings.set(key, holding);
    add(holding, group);
  }
  return [...holdings.values()]
    .map(roundAll)
    .toSorted((a, b) => b.bytes - a.bytes || (a.policy < b.policy ? -1 : 1));
}

function add(holding: IdleHolding, { sessions, rows, bytes, idleMinutes }: IdleGroup): void {
  holding.sessions += sessions;
  if (idleMinutes * 60 < holding.limit * idleShare) return;
  holding.idle += sessions;
  holding.rows += rows;
  holding.bytes += bytes;
}

function roundAll(holding: IdleHolding): IdleHolding {
  const { sessions, idle, rows, bytes } = holding;
  return {
    ...holding,
    sessions: Math.round(sessions),
    idle: Math.round(idle),
    rows: Math.round(rows),
    bytes: Math.round(bytes),
  };
}
