/**
 * Whether a refresh costs the same however much is stored: `node --import tsx bench/growth.ts [--short]
 * [--families <n>] [--events <n>] [--json]`. See README.md.
 */
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { measureCleaning } from './subjects/cleaning.ts';
import { applyIdleLimit, prepareCurfew, startCurfew } from './subjects/curfew.ts';
import type { Curfew } from './subjects/curfew.ts';
import { fillTables, tokenOfFamily } from './subjects/fill_tables.ts';
import type { Fill } from './subjects/fill_tables.ts';
import { buildGrowthReport, formatGrowthReport } from './subjects/growth_report.ts';
import type { Grown, GrowthSample, Size } from './subjects/growth_report.ts';
import { measureSize } from './subjects/table_sizes.ts';
import { observeWritten, prepareWritten } from './subjects/written.ts';
import { withCluster } from './support/cluster.ts';
import type { Cluster } from './support/cluster.ts';
import type { Effort } from './support/drive_connections.ts';
import { describeMachine } from './support/machine.ts';

interface Plan {
  small: Fill;
  large: Fill;
  rounds: number;
  /** Seconds of each measurement. */
  seconds: number;
  warmUp: { seconds: number; most: number };
}

const wholePlan: Plan = {
  small: { families: 10_000, events: 100_000 },
  large: { families: 5_000_000, events: 50_000_000 },
  rounds: 8,
  seconds: 8,
  warmUp: { seconds: 40, most: 6000 },
};
const shortPlan: Plan = {
  small: { families: 1000, events: 10_000 },
  large: { families: 20_000, events: 200_000 },
  rounds: 3,
  seconds: 1,
  warmUp: { seconds: 5, most: 2000 },
};

const connections = 16;
/** So many that hardly any family of the large table is refreshed twice. */
const familiesPerConnection = 5000;
/** Families that end to be deleted, of each size. */
const cleaned = 500;
/** Bytes that a family and an event take, those of the log and of PostgreSQL itself for both sizes. */
const neededBytes = { family: 4500, event: 350, beside: 16 * 2 ** 30 };
/** Minutes: nothing may end while the tables are filled. */
const idleLimit = 7 * 60;

/** Most refreshes in one measurement, and most milliseconds of all measurements. */
const mostRefreshes = 1_000_000;
const longestRun = 30 * 60_000;

interface Subject {
  size: Size;
  cluster: Cluster;
  curfew: Curfew;
}

async function prepareSubject(
  size: Size,
  cluster: Cluster,
  fill: Fill,
  onProgress: (line: string) => void,
): Promise<Subject> {
  onProgress(`filling ${fill.families} families and ${fill.events} events`);
  const secret = await prepareCurfew(cluster);
  await applyIdleLimit(cluster, idleLimit);
  await prepareWritten(cluster);
  // Seals the one event that all others are copies of.
  await (await startCurfew({ cluster, secret, families: [] })).stop();
  await fillTables(cluster, fill, onProgress);
  const tokens = pickFamilies(fill.families).map(tokenOfFamily);
  const share = Math.floor(tokens.length / connections);
  const families = Array.from({ length: connections }, (_, at) => tokens.slice(at * share, (at + 1) * share));
  return { size, cluster, curfew: await startCurfew({ cluster, secret, families }) };
}

/** Over the whole table, in no order, none twice. */
function pickFamilies(families: number): number[] {
  const picked = new Set<number>();
  const most = Math.min(families, connections * familiesPerConnection);
  while (picked.size < most) picked.add(1 + Math.floor(Math.random() * families));
  return [...picked];
}

/** One measurement, with a checkpoint that begins with it: each page is written whole once after that. */
async function measureSubject({ size, cluster, curfew }: Subject, effort: Effort): Promise<GrowthSample> {
  const { result, written } = await observeWritten(cluster, async () => {
    const [sample] = await Promise.all([curfew.measure(connections, effort), cluster.asAdmin('checkpoint')]);
    return sample;
  });
  return { ...result, size, written };
}

async function measureGrowth(plan: Plan, onProgress: (line: string) => void) {
  return await withCluster((smallCluster) =>
    withCluster(async (largeCluster) => {
      const machine = await describeMachine(largeCluster);
      const subjects: Subject[] = [];
      let measured;
      try {
        subjects.push(await prepareSubject('small', smallCluster, plan.small, onProgress));
        subjects.push(await prepareSubject('large', largeCluster, plan.large, onProgress));
        measured = await measureRounds(subjects, plan, onProgress);
      } finally {
        for (const { curfew } of subjects) await curfew.stop();
      }
      onProgress('cleaning');
      const cleaning = [];
      for (const { size, cluster } of subjects)
        cleaning.push({ size, ...(await measureCleaning(cluster, plan[size].families, cleaned)) });
      return buildGrowthReport({ machine, connections, seconds: plan.seconds, ...measured, cleaning });
    }),
  );
}

async function measureRounds(
  subjects: readonly Subject[],
  plan: Plan,
  onProgress: (line: string) => void,
): Promise<Pick<Grown, 'sizes' | 'samples'>> {
  const signal = AbortSignal.timeout(longestRun);
  const sizes: Grown['sizes'] = [];
  for (const { size, cluster } of subjects)
    sizes.push({ size, fill: plan[size], ...(await measureSize(cluster)) });
  onProgress('warming up');
  for (const { curfew } of subjects) await curfew.measure(connections, { ...plan.warmUp, signal });
  const effort: Effort = { seconds: plan.seconds, most: mostRefreshes, signal };
  const samples: GrowthSample[][] = [];
  for (let round = 1; round <= plan.rounds; round += 1) {
    onProgress(`round ${round} of ${plan.rounds}`);
    const ofRound: GrowthSample[] = [];
    // Every other round goes the other way, so that a drift of the machine favours nobody.
    for (const subject of round % 2 === 0 ? subjects.toReversed() : subjects)
      ofRound.push(await measureSubject(subject, effort));
    samples.push(ofRound);
  }
  return { sizes, samples };
}

async function assertDisk({ small, large }: Plan): Promise<void> {
  const families = small.families + large.families;
  const events = small.events + large.events;
  const needed = families * neededBytes.family + events * neededBytes.event + neededBytes.beside;
  const { bavail, bsize } = await statfs(tmpdir());
  const inGiB = (bytes: number) => `${Math.ceil(bytes / 2 ** 30)} GiB`;
  if (bavail * bsize < needed)
    throw new Error(`It takes ${inGiB(needed)} of disk, and ${tmpdir()} has ${inGiB(bavail * bsize)} free.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      families: { type: 'string' },
      events: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const plan = values.short ? shortPlan : wholePlan;
  const large = {
    families: Number(values.families ?? plan.large.families),
    events: Number(values.events ?? plan.large.events),
  };
  const asked = { ...plan, large };
  await assertDisk(asked);
  const report = await measureGrowth(asked, (line) => void process.stderr.write(`${line}\n`));
  if (!report.isWrittenAlike) process.exitCode = 1;
  process.stdout.write(
    values.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatGrowthReport(report),
  );
}

await main();
