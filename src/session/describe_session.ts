import { describeEnd } from '../domain/describe_end.ts';
import type { Instant } from '../domain/instants.ts';
import type { EndReason } from '../domain/reasons.ts';
import type { JudgedSession } from '../operations/judge_session.ts';

/** What `/session` answers. Moments and durations are seconds, moments since 1970 and with fractions. */
export type SessionDescription =
  | {
      active: true;
      now: number;
      /** Never after `absolute_ends_at`. */
      idle_ends_at: number;
      absolute_ends_at: number;
      /** How long the session may be without activity. */
      idle_limit: number;
    }
  | {
      active: false;
      now: number;
      /** The rest is absent where this browser has no session that we know. */
      reason?: EndReason;
      ended_at?: number;
      /** The reason as a sentence for people. */
      message?: string;
    };

/** `now` is of the database's clock; where there is a session, its own stands. */
export function describeSession(judged: JudgedSession | undefined, now: Instant): SessionDescription {
  if (!judged) return { active: false, now: toSeconds(now) };
  const { life, limits } = judged;
  if (life.over) {
    const { end } = life;
    const told = { reason: end.reason, ended_at: toSeconds(end.at), message: describeEnd(end) };
    return { active: false, now: toSeconds(judged.now), ...told };
  }
  return {
    active: true,
    now: toSeconds(judged.now),
    idle_ends_at: toSeconds(life.idleEndAt),
    absolute_ends_at: toSeconds(life.absoluteEndAt),
    idle_limit: limits.session_idle.value,
  };
}

const toSeconds = (instant: Instant): number => instant / 1_000_000;
