import { spreadOf } from '../support/figures.ts';
import type { Spread } from '../support/figures.ts';
import type { Sample } from './measure.ts';

/** The most that Curfew may cost, as a multiple of what it is made of. */
export const targetRatio = 1.5;

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
}

/** Each round holds one sample of each subject at each number of connections. */
export function findBounds(rounds: readonly (readonly Sample[])[]): Bound[] {
  const connections = new Set(rounds.flat().flatMap((s) => (s.subject === 'curfew' ? s.connections : [])));
  return [...connections].map((count) => findBound(rounds, count));
}

function findBound(rounds: readonly (readonly Sample[])[], connections: number): Bound {
  const parts = rounds.map((round) => {
    const at = (subject: Sample['subject']) =>
      cpuOf(round.find((sample) => sample.subject === subject && sample.connections === connections));
    const statements = round.filter(({ subject }) => subject === 'statements');
    const best = statements.toSorted((a, b) => b.perSecond - a.perSecond)[0];
    return { curfew: at('curfew'), library: at('library'), statements: cpuOf(best) };
  });
  return {
    connections,
    curfew: spreadOf(parts.map(({ curfew }) => curfew)),
    library: spreadOf(parts.map(({ library }) => library)),
    statements: spreadOf(parts.map(({ statements }) => statements)),
    ratio: spreadOf(parts.map(({ curfew, library, statements }) => curfew / (library + statements))),
  };
}

function cpuOf(sample: Sample | undefined): number {
  if (!sample) throw new Error('A round lacks a sample.');
  return sample.nodeCpu + sample.postgresCpu;
}
