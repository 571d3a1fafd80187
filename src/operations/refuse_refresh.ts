import type { Configuration } from '../domain/configuration.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Origin } from '../domain/origin.ts';
import type { EventSubject } from '../events/record_event.ts';
import type { RefusedRefresh } from '../policy/evaluate_refresh.ts';
import type { Database } from '../store/database.ts';
import type { EndReason } from '../domain/reasons.ts';
import { endFamily } from './end_family.ts';
import { endSession } from './end_session.ts';

const limitReasons = new Set<string>(['idle_timeout', 'absolute_timeout', 'lease_over', 'session_ended']);

export interface Refusal {
  verdict: RefusedRefresh;
  /** The family judged; a code that gave none has none. */
  subject: EventSubject;
  event: 'refresh.refused' | 'code.refused';
  origin: Origin;
}

/**
 * Commit what a refusal does: the end of the family or session, and the events. Everything is judged
 * again under locks; when a limit turns out not to have passed (the activity moved meanwhile),
 * nothing is written and the answer is `changed`: decide again.
 */
export async function refuseRefresh(
  database: Database,
  configuration: Configuration,
  { verdict, subject, event, origin }: Refusal,
): Promise<'done' | 'changed'> {
  return await database.transaction(async (tx) => {
    const { ends, code } = verdict;
    const { familyId, sessionId, accountId } = subject;
    const ended = await commitEnd();
    if (ends && limitReasons.has(code) && !ended) return 'changed';
    // A family that ended by reuse before answers with that reason ever after, whatever is presented.
    if (code === 'reuse_detected' && !verdict.end)
      await recordEvent(tx, 'refresh.reuse_detected', subject, origin);
    await recordEvent(tx, event, subject, origin, { code });
    return 'done';

    async function commitEnd(): Promise<boolean> {
      if (ends?.what === 'session' && sessionId && accountId) {
        return await endSession(tx, configuration, { sessionId, accountId }, undefined, origin);
      }
      if (ends?.what !== 'family' || !familyId) return false;
      const cause = limitReasons.has(code) ? undefined : (code as EndReason);
      return await endFamily(tx, configuration, familyId, cause, origin);
    }
  });
}
