import { addSeconds } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import type { SeededRandom } from '../seeded_random.ts';
import type { WorkingHabit } from './departments.ts';
import { planStretches } from './plan_stretches.ts';

/** What somebody does at the end of a day: signs out, closes the app, or leaves it open. */
export type Leaving = 'signs_out' | 'closes' | 'leaves';

/** What somebody does of their own accord on one day, whatever a server makes of it. */
export interface DayPlan {
  /** Each a stretch of work: the moments at which they act, the first and the last one being its ends. */
  stretches: readonly (readonly Instant[])[];
  leaving: Leaving;
}

const leavings: Readonly<Record<WorkingHabit, readonly Leaving[]>> = {
  office: ['signs_out', 'closes', 'closes', 'leaves'],
  on_call: ['closes', 'leaves'],
  watching: ['closes', 'leaves'],
};

/** Days from midnight UTC on, so many; those off are left out. Nobody works past midnight. */
export function planPerson(
  random: SeededRandom,
  habit: WorkingHabit,
  firstMidnight: Instant,
  days: number,
): DayPlan[] {
  return Array.from({ length: days }, (_, number) => addSeconds(firstMidnight, number * 86_400)).flatMap(
    (midnight) => {
      const stretches = planStretches(random, habit, isWorkday(midnight)).map(({ from, to }) =>
        planActions(random, addSeconds(midnight, from), addSeconds(midnight, to)),
      );
      return stretches.length > 0 ? [{ stretches, leaving: random.pick(leavings[habit]) }] : [];
    },
  );
}

function planActions(random: SeededRandom, from: Instant, to: Instant): Instant[] {
  const actions = [];
  for (let at = from; at < to; at = addSeconds(at, random.between(15, 75))) actions.push(at);
  return [...actions, to];
}

function isWorkday(midnight: Instant): boolean {
  const weekday = new Date(midnight / 1000).getUTCDay();
  return weekday >= 1 && weekday <= 5;
}
