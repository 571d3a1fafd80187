import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';

/** A touch as it was decided, and what that rested on. */
export interface TouchCommit {
  sessionId: string;
  clientIds: readonly string[];
  accountVersion: number;
  configurationVersion: number;
  /** Seconds. */
  limits: { idle: number; absolute: number };
  /** Seconds that the user has been away. */
  inactiveFor: number;
  requestId?: string | undefined;
  address?: string | undefined;
  detail: Record<string, unknown>;
}

/** What the clock showed when the session was locked, and the activity that stands now. */
export interface Touched {
  now: Instant;
  lastActivityAt: Instant;
}

/**
 * Move a session's activity in one conditional write; see `touch_commit` for what is locked and asserted.
 * undefined: something the decision rested on no longer holds, nothing was written.
 */
export async function commitTouch(db: Queryable, commit: TouchCommit): Promise<Touched | undefined> {
  const [row] = await db.query<{ outcome: 'done' | 'changed'; now: number; last_activity_at: number }>(
    {
      name: 'touch_commit',
      text: 'select * from touch_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true)',
    },
    [
      commit.sessionId,
      commit.clientIds,
      commit.accountVersion,
      commit.configurationVersion,
      commit.limits.idle,
      commit.limits.absolute,
      commit.inactiveFor,
      commit.requestId ?? null,
      commit.address ?? null,
      JSON.stringify(commit.detail),
    ],
  );
  return row?.outcome === 'done' ? { now: row.now, lastActivityAt: row.last_activity_at } : undefined;
}
