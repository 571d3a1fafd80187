import { spreadOf } from '../support/figures.ts';
import type { Spread } from '../support/figures.ts';
import type { Sample } from './measure.ts';

/**
 * The most that Curfew may cost as a multiple of what it is made of; the least that it must grant as a multiple
 * of what the library does on a plain adapter; and the 99th percentile, at half of saturation, as a multiple of
 * the median.
 */
export const goals = { ratio: 1.5, speedup: 2, tail: 4 };

/** What Curfew costs beside its bound: the library alone and the statements alone, in CPU per refresh. */
export interface Bound {
  connections: number;
  /** CPU milliseconds per refresh, of all processes. */
  curfew: Spread;
  library: Spread;
  /** At whichever number of connections gave the most refreshes per second in its round. */
  statements: Spread;
  /** Round by round: curfew / (library + statements). */
  ratio: Spread;
  /** Round by round: refreshes per second, over those of the library on the plain adapter. */
  speedup: Spread;
}

/** Each round holds one sample of each subject at each number of connections. */
export function findBounds(rounds: readonly (readonly Sample[])[]): Bound[] {
  const connections = new Set(rounds.flat().flatMap((s) => (s.subject === 'curfew' ? s.connections : [])));
  return [...connections].map((count) => findBound(rounds, count));
}

function findBound(rounds: readonly (readonly Sample[])[], connections: number): Bound {
  const parts = rounds.map((round) => {
    const at = (subject: Sample['subject']) =>
      demand(round.find((s) => s.subject === subject && s.connections === connections && !s.paced));
    const statements = round.filter(({ subject }) => subject === 'statements');
    const best = statements.toSorted((a, b) => b.perSecond - a.perSecond)[0];
    return {
      curfew: cpuOf(at('curfew')),
      library: cpuOf(at('library')),
      statements: cpuOf(demand(best)),
      speedup: at('curfew').perSecond / at('knex').perSecond,
    };
  });
  return {
    connections,
    curfew: spreadOf(parts.map(({ curfew }) => curfew)),
    library: spreadOf(parts.map(({ library }) => library)),
    statements: spreadOf(parts.map(({ statements }) => statements)),
    ratio: spreadOf(parts.map(({ curfew, library, statements }) => curfew / (library + statements))),
    speedup: spreadOf(parts.map(({ speedup }) => speedup)),
  };
}

/** Round by round: the 99th percentile at a given pace, over the median. */
export function findTail(rounds: readonly (readonly Sample[])[]): Spread {
  return spreadOf(
    rounds.map((round) => {
      const { p50, p99 } = demand(round.find(({ paced }) => paced));
      return p99 / p50;
    }),
  );
}

function demand(sample: Sample | undefined): Sample {
  if (!sample) throw new Error('A round lacks a sample.');
  return sample;
}

function cpuOf({ nodeCpu, postgresCpu }: Sample): number {
  return nodeCpu + postgresCpu;
}
