import type { SeededRandom } from '../seeded_random.ts';
import type { WorkingHabit } from './departments.ts';

/** A time at work, in seconds after midnight. */
export interface Stretch {
  from: number;
  to: number;
}

type Plan = (random: SeededRandom, isWorkday: boolean) => Stretch[];
const [minute, hour] = [60, 3600];
const lastMoment = 24 * hour - minute;

/** When somebody with this habit works on one day, in order; none on a day off. */
export function planStretches(random: SeededRandom, habit: WorkingHabit, isWorkday: boolean): Stretch[] {
  return plans[habit](random, isWorkday)
    .map(({ from, to }) => ({ from, to: Math.min(to, lastMoment) }))
    .filter(({ from, to }) => from < to);
}

const plans: Readonly<Record<WorkingHabit, Plan>> = {
  /** From morning to evening, with short breaks, some meetings without a screen, and lunch. */
  office(random, isWorkday) {
    if (!isWorkday || random.happens(0.08)) return [];
    return planShift(random, {
      work: () => random.between(10 * minute, 50 * minute),
      rest: () =>
        random.happens(0.04)
          ? random.between(60 * minute, 110 * minute)
          : random.between(3 * minute, 14 * minute),
    });
  },
  /** Looks at a board that is open all day, now and then. */
  watching(random, isWorkday) {
    if (!isWorkday || random.happens(0.08)) return [];
    return planShift(random, {
      work: () => random.between(minute, 4 * minute),
      rest: () => random.between(4 * minute, 24 * minute),
    });
  },
  /** Some incidents on days of duty, at any hour: short work, and waits for what it did. */
  on_call(random) {
    if (random.happens(0.5)) return [];
    const incidents = random.integer(1, 4);
    const room = (22 * hour) / incidents;
    return Array.from({ length: incidents }, (_, number) => {
      const from = (number + random.between(0, 0.4)) * room;
      return planRun(from, from + random.between(40 * minute, 150 * minute), {
        work: () => random.between(2 * minute, 9 * minute),
        rest: () => random.between(2 * minute, 13 * minute),
      });
    }).flat();
  },
};

interface Rhythm {
  work(): number;
  rest(): number;
}

/** A day with lunch in the middle. */
function planShift(random: SeededRandom, rhythm: Rhythm): Stretch[] {
  const from = random.between(7.5 * hour, 9.5 * hour);
  const noon = random.between(11.5 * hour, 12.5 * hour);
  const evening = random.between(16.5 * hour, 18 * hour);
  const morning = planRun(from, noon, rhythm);
  const lunchEnd = (morning.at(-1)?.to ?? noon) + random.between(60 * minute, 100 * minute);
  return [...morning, ...planRun(lunchEnd, evening, rhythm)];
}

/** Work and rest by turns; the last work ends with it. */
function planRun(from: number, end: number, { work, rest }: Rhythm): Stretch[] {
  const stretches = [];
  for (let at = from; at < end; ) {
    const to = Math.min(at + work(), end);
    stretches.push({ from: at, to });
    at = to + rest();
  }
  return stretches;
}
