import type { WorkingHabit } from '../../src/dev/company/departments.ts';
import type { DayPlan } from '../../src/dev/company/plan_person.ts';

/** What an idle limit brings over all that some people did, by when they were there. */
export interface PresenceCost {
  /** How often somebody went on with the same work, and had to sign in. */
  interruptions: number;
  /** Hours for which a session was open and nobody there. */
  idleHours: number;
  cost: number;
}

export interface PresenceQuestion {
  habit: WorkingHabit;
  /** All in seconds. */
  idle: number;
  absolute: number;
  accessTokenTtl: number;
  /** Who is back after no longer than this goes on with the same work. */
  stretch: number;
  /** How many hours open for nobody one interruption weighs as much as. */
  weight: number;
}

const micros = 1e6;
/** Before everything, and whatever limit is added to it. */
const never = -1e15;

/**
 * Count the cost of an idle limit from what people did and when they were there: an account of its own, that
 * shares nothing with the server, its trail or its reports. An app with a server asks for tokens when its user
 * acts and the last one is over; a board reports each action.
 */
export function countPresenceCost(
  plans: readonly (readonly DayPlan[])[],
  question: PresenceQuestion,
): PresenceCost {
  let interruptions = 0;
  let idle = 0;
  for (const plan of plans) {
    const counted = countPerson(plan, question);
    interruptions += counted.interruptions;
    idle += counted.idle;
  }
  const idleHours = idle / micros / 3600;
  return { interruptions, idleHours, cost: interruptions * question.weight + idleHours };
}

function countPerson(plan: readonly DayPlan[], question: PresenceQuestion) {
  const [idleLimit, absolute, ttl] = [question.idle, question.absolute, question.accessTokenTtl].map(
    (seconds) => seconds * micros,
  ) as [number, number, number];
  const ttlOfApp = question.habit === 'watching' ? 0 : ttl;
  let interruptions = 0;
  let idle = 0;
  let [startedAt, activeAt, tokenEndAt, awaySince] = [never, never, never, 0];
  const endAt = () => Math.min(activeAt + idleLimit, startedAt + absolute);

  for (const { stretches, leaving } of plan) {
    for (const actions of stretches) {
      const [from = 0, to = from] = [actions[0], actions.at(-1)];
      idle += Math.max(0, Math.min(from, endAt()) - awaySince);
      let before = awaySince;
      for (const at of actions) {
        if (at >= tokenEndAt) {
          if (at >= endAt()) {
            const isIdle = activeAt + idleLimit < startedAt + absolute;
            if (isIdle && at - before <= question.stretch * micros) interruptions += 1;
            startedAt = at;
          }
          activeAt = at;
          tokenEndAt = at + ttlOfApp;
        }
        before = at;
      }
      awaySince = to;
    }
    if (leaving === 'signs_out') [startedAt, activeAt] = [never, never];
  }
  idle += Math.max(0, endAt() - awaySince);
  return { interruptions, idle };
}
