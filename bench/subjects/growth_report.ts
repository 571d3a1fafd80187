import { spreadOf } from '../support/figures.ts';
import type { Spread } from '../support/figures.ts';
import type { Machine } from '../support/machine.ts';
import type { Cleaning } from './cleaning.ts';
import type { Fill } from './fill_tables.ts';
import type { Sample } from './measure.ts';
import type { TableSizes } from './table_sizes.ts';
import type { Written } from './written.ts';

export type Size = 'small' | 'large';

/** One measurement of refreshes, and what PostgreSQL wrote meanwhile. */
export interface GrowthSample extends Sample {
  size: Size;
  written: Written;
}

export interface Grown {
  machine: Machine;
  connections: number;
  seconds: number;
  sizes: (TableSizes & { size: Size; fill: Fill })[];
  /** Round by round, one of each size. */
  samples: GrowthSample[][];
  cleaning: (Cleaning & { size: Size })[];
}

/** The most that the large one may cost, as a multiple of the small one. */
const goals = { time: 1.15, postgresCpu: 1.4 };
/** What is written per refresh is a whole number, but for what PostgreSQL does now and then. */
const writtenTolerance = 0.05;

/** Per refresh. */
const figures: { name: string; digits: number; of: (sample: GrowthSample) => number }[] = [
  { name: 'refreshes/s', digits: 0, of: ({ perSecond }) => perSecond },
  { name: 'p50 ms', digits: 1, of: ({ p50 }) => p50 },
  { name: 'p99 ms', digits: 1, of: ({ p99 }) => p99 },
  { name: 'node CPU ms', digits: 2, of: ({ nodeCpu }) => nodeCpu },
  { name: 'PostgreSQL CPU ms', digits: 2, of: ({ postgresCpu }) => postgresCpu },
  { name: 'rows written', digits: 2, of: ({ written, count }) => written.rows / count },
  { name: 'index entries written', digits: 2, of: ({ written, count }) => written.indexEntries / count },
  { name: 'HOT ratio of updates', digits: 3, of: ({ written }) => written.hotUpdates / written.updates },
  { name: 'KiB of log', digits: 1, of: ({ written, count }) => written.logBytes / count / 1024 },
];

export interface GrowthReport extends Grown {
  figures: { name: string; digits: number; small: Spread; large: Spread }[];
  /** The large one to the small one, round by round. */
  timeRatio: Spread;
  postgresCpuRatio: Spread;
  isWrittenAlike: boolean;
}

export function buildGrowthReport(grown: Grown): GrowthReport {
  const { samples } = grown;
  const ofSize = (size: Size) => samples.flat().filter((sample) => sample.size === size);
  const rows = figures.map(({ name, digits, of }) => ({
    name,
    digits,
    small: spreadOf(ofSize('small').map(of)),
    large: spreadOf(ofSize('large').map(of)),
  }));
  const ratio = (of: (sample: GrowthSample) => number) =>
    spreadOf(
      samples.map((round) => {
        const [small, large] = (['small', 'large'] as const).map((size) =>
          round.find((sample) => sample.size === size),
        );
        if (!small || !large) throw new Error('A round lacks a sample.');
        return of(large) / of(small);
      }),
    );
  return {
    ...grown,
    figures: rows,
    timeRatio: ratio(({ perSecond }) => 1 / perSecond),
    postgresCpuRatio: ratio(({ postgresCpu }) => postgresCpu),
    isWrittenAlike: rows
      .filter(({ name }) => name.endsWith(' written'))
      .every(({ small, large }) => Math.abs(large.median - small.median) <= writtenTolerance),
  };
}

/** The report in words, tables in Markdown. */
export function formatGrowthReport(report: GrowthReport): string {
  const { machine, connections, seconds, sizes, samples, cleaning } = report;
  const verdict = (isMet: boolean, goal: string) => `${isMet ? 'met' : 'missed'}: ${goal}`;
  const isWithin = ({ median }: Spread, goal: number) => verdict(median <= goal, `≤ ${goal}`);
  return [
    `Machine: ${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB; load ${machine.load.toFixed(1)} before the run.`,
    `Node ${machine.node}, PostgreSQL ${machine.postgres}, 8 KiB to disk in ${machine.syncMicroseconds} µs.`,
    `Medians of ${samples.length} rounds of ${seconds} s each at ${connections} connections, interleaved, each from the start of a checkpoint; ranges in parentheses.`,
    '',
    `| per refresh | ${sizes.map(describeFill).join(' | ')} |`,
    '| --- | --: | --: |',
    ...report.figures.map(
      ({ name, digits, small, large }) =>
        `| ${name} | ${formatSpread(small, digits)} | ${formatSpread(large, digits)} |`,
    ),
    '',
    `Time per refresh: ${formatSpread(report.timeRatio, 2)} times as much, ${isWithin(report.timeRatio, goals.time)}.`,
    `PostgreSQL's CPU: ${formatSpread(report.postgresCpuRatio, 2)} times as much, ${isWithin(report.postgresCpuRatio, goals.postgresCpu)}.`,
    `Rows and index entries: ${verdict(report.isWrittenAlike, 'the same')}.`,
    '',
    ...sizes.map(describeSize),
    ...cleaning.map(
      ({ size, families, tokens, seconds: taken }) =>
        `${size}: ${families} families that ended long ago, with ${tokens} tokens and their sessions, were deleted in ${taken.toFixed(2)} s.`,
    ),
    '',
  ].join('\n');
}

function describeFill({ fill }: Grown['sizes'][number]): string {
  return `${fill.families} families, ${fill.events} events`;
}

function describeSize({ size, fill, familyTables, events }: Grown['sizes'][number]): string {
  const perFamily = (bytes: number) => Math.round(bytes / fill.families);
  const parts = Object.entries(familyTables).map(([name, bytes]) => `${name} ${perFamily(bytes)}`);
  const whole = Object.values(familyTables).reduce((sum, bytes) => sum + bytes, 0);
  return `${size}: ${perFamily(whole)} bytes per family (${parts.join(', ')}), ${Math.round(events / fill.events)} per event.`;
}

function formatSpread({ median, least, most }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
