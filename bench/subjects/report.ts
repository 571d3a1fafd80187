import { spreadOf } from '../support/figures.ts';
import type { Spread } from '../support/figures.ts';
import type { Machine } from '../support/machine.ts';
import { findBounds, findTail, goals } from './bound.ts';
import type { Bound } from './bound.ts';
import type { Sample } from './measure.ts';

/** Load and commit. */
export const expectedRoundTrips = 2;

export interface Measured {
  machine: Machine;
  seconds: number;
  rounds: Sample[][];
  /** How often each statement was sent in so many refreshes. */
  counted: { refreshes: number; statements: Record<string, number> };
}

const subjects = ['curfew', 'library', 'knex', 'statements'] as const;
const figures = ['perSecond', 'p50', 'p99', 'nodeCpu', 'postgresCpu'] as const;

/** One subject at one number of connections, over all rounds. */
interface Row extends Record<(typeof figures)[number], Spread> {
  subject: Sample['subject'];
  connections: number;
  paced: boolean;
}

export interface Report {
  machine: Machine;
  rounds: number;
  seconds: number;
  /** Milliseconds, and milliseconds of CPU per refresh. */
  subjects: Row[];
  roundTrips: {
    refreshes: number;
    /** Of the statements that each refresh sends; the others are the server's own. */
    perRefresh: number;
    statements: Record<string, number>;
  };
  goals: typeof goals;
  bounds: Bound[];
  /** p99 over p50, at half of saturation. */
  tail: Spread;
}

export function buildReport({ machine, seconds, rounds, counted }: Measured): Report {
  const { refreshes, statements } = counted;
  const ofRefreshes = Object.values(statements).filter((count) => count >= refreshes);
  const sent = ofRefreshes.reduce((sum, count) => sum + count, 0);
  return {
    machine,
    rounds: rounds.length,
    seconds,
    subjects: listRows(rounds.flat()),
    roundTrips: { ...counted, perRefresh: sent / refreshes },
    goals,
    bounds: findBounds(rounds),
    tail: findTail(rounds),
  };
}

function listRows(samples: readonly Sample[]): Row[] {
  return subjects.flatMap((subject) => {
    const own = samples.filter((sample) => sample.subject === subject);
    const connections = new Set(own.map((sample) => sample.connections));
    return [...connections]
      .toSorted((a, b) => a - b)
      .flatMap((count) =>
        [false, true].flatMap((paced) => {
          const group = own.filter((sample) => sample.connections === count && sample.paced === paced);
          return group.length > 0 ? [buildRow(group, { subject, connections: count, paced })] : [];
        }),
      );
  });
}

function buildRow(group: readonly Sample[], kind: Pick<Sample, 'subject' | 'connections' | 'paced'>): Row {
  const spread = (figure: (typeof figures)[number]) => spreadOf(group.map((sample) => sample[figure]));
  return {
    ...kind,
    perSecond: spread('perSecond'),
    p50: spread('p50'),
    p99: spread('p99'),
    nodeCpu: spread('nodeCpu'),
    postgresCpu: spread('postgresCpu'),
  };
}

const titles = {
  curfew: 'Curfew',
  library: 'library alone',
  knex: 'library on knex',
  statements: 'PostgreSQL alone',
} as const;

/** The report in words, tables in Markdown. */
export function formatReport(report: Report): string {
  const { machine, rounds, seconds, roundTrips, bounds, tail } = report;
  const durability = Object.entries(machine.durability).map(([name, setting]) => `${name} ${setting}`);
  const statements = Object.entries(roundTrips.statements).map(([name, count]) => `${name} ${count}`);
  return [
    `Machine: ${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, ${machine.system}; load ${machine.load.toFixed(1)} before the run.`,
    `Node ${machine.node}, PostgreSQL ${machine.postgres} (${durability.join(', ')}), 8 KiB to disk in ${machine.syncMicroseconds} µs.`,
    `Medians of ${rounds} rounds of ${seconds} s each, interleaved; ranges in parentheses. CPU in ms per refresh.`,
    '',
    '| what | connections | refreshes/s | p50 ms | p99 ms | node CPU | PostgreSQL CPU |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...report.subjects.map(formatRow),
    '',
    `Round trips to PostgreSQL: ${roundTrips.perRefresh} per refresh, ${expectedRoundTrips} expected; in ${roundTrips.refreshes} refreshes ${statements.join(', ')}.`,
    '',
    'The bound is the library alone plus the two statements alone, at their best number of connections.',
    '',
    '| connections | Curfew CPU | library CPU | statements CPU | ratio | goal |',
    '| --: | --: | --: | --: | --: | --- |',
    ...bounds.map(formatBound),
    '',
    'Refreshes per second, as a multiple of those of the library on a plain knex adapter over one table:',
    '',
    '| connections | multiple | goal |',
    '| --: | --: | --- |',
    ...bounds.map(
      ({ connections, speedup }) =>
        `| ${connections} | ${formatSpread(speedup, 2)} | ${verdict(speedup.median >= goals.speedup, `≥ ${goals.speedup}`)} |`,
    ),
    '',
    `At half of saturation the 99th percentile is ${formatSpread(tail, 2)} times the median; ${verdict(tail.median < goals.tail, `< ${goals.tail}`)}.`,
    '',
    'Absolute figures are this machine’s, beside whatever else ran on it; compare ratios of one run only.',
    '',
  ].join('\n');
}

function formatRow(row: Row): string {
  const { subject, connections, paced, perSecond, p50, p99, nodeCpu, postgresCpu } = row;
  const postgres = subject === 'library' ? '–' : formatSpread(postgresCpu, 2);
  return (
    `| ${titles[subject]}${paced ? ', at half of saturation' : ''} | ${connections} | ${formatSpread(perSecond, 0)} | ${formatSpread(p50, 1)} ` +
    `| ${formatSpread(p99, 1)} | ${formatSpread(nodeCpu, 2)} | ${postgres} |`
  );
}

function formatBound({ connections, curfew, library, statements, ratio }: Bound): string {
  const cpu = [curfew, library, statements, ratio].map((spread) => formatSpread(spread, 2));
  return `| ${connections} | ${cpu.join(' | ')} | ${verdict(ratio.median <= goals.ratio, `≤ ${goals.ratio}`)} |`;
}

function verdict(isMet: boolean, goal: string): string {
  return `${isMet ? 'met' : 'missed'}: ${goal}`;
}

function formatSpread({ median, least, most }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
