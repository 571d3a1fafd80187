/**
 * What a refresh costs, beside what it is made of: `node --import tsx bench/refresh.ts [--short] [--json]
 * [--cpu-prof <directory>]`. See README.md.
 */
import { parseArgs } from 'node:util';
import { startCurfew, prepareCurfew } from './subjects/curfew.ts';
import type { Curfew } from './subjects/curfew.ts';
import { startLibrary, startLibraryOnKnex } from './subjects/library.ts';
import type { Library } from './subjects/library.ts';
import type { Sample } from './subjects/measure.ts';
import { buildReport, expectedRoundTrips, formatReport } from './subjects/report.ts';
import type { Measured } from './subjects/report.ts';
import { seedFamilies } from './subjects/seed_families.ts';
import { connectStatements } from './subjects/statements.ts';
import type { Statements } from './subjects/statements.ts';
import { withCluster } from './support/cluster.ts';
import type { Cluster } from './support/cluster.ts';
import type { Effort } from './support/drive_connections.ts';
import { describeMachine } from './support/machine.ts';

interface Plan {
  rounds: number;
  /** Seconds of each measurement. */
  seconds: number;
  connections: readonly number[];
  /** Of each subject, all at once: JavaScript is fast only after some thousand times. */
  warmUp: { seconds: number; most: number };
}

const wholePlan: Plan = {
  rounds: 8,
  seconds: 2,
  connections: [1, 16, 64],
  warmUp: { seconds: 40, most: 6000 },
};
const shortPlan: Plan = {
  rounds: 3,
  seconds: 0.5,
  connections: [1, 16],
  warmUp: { seconds: 6, most: 3000 },
};

const statementConnections = [1, 4, 16];
const familiesPerConnection = 200;
const warmUpConnections = 16;
/** The part of saturation at which latencies are looked at, and at how many connections. */
const pacedShare = 0.5;
const pacedConnections = 16;
const countedRefreshes = 200;
/** Most refreshes in one measurement, and most milliseconds of the whole run. */
const mostRefreshes = 20_000;
const longestRun = 10 * 60_000;

interface Subjects {
  curfew: Curfew;
  library: Library;
  knex: Library;
  statements: Statements;
}

async function measureAll(cluster: Cluster, plan: Plan, options: RunOptions): Promise<Measured> {
  const { signal } = options;
  const effort: Effort = { seconds: plan.seconds, most: mostRefreshes, signal };
  const machine = await describeMachine(cluster);
  const secret = await prepareCurfew(cluster);
  const most = { curfew: Math.max(...plan.connections), statements: Math.max(...statementConnections) };
  const tokens = await seedFamilies(cluster, (most.curfew + most.statements) * familiesPerConnection);
  const families = divide(tokens, familiesPerConnection);

  const stops: (() => Promise<void>)[] = [];
  async function started<Subject extends { stop(): Promise<void> }>(subject: Promise<Subject>) {
    const running = await subject;
    stops.push(() => running.stop());
    return running;
  }
  try {
    const { profileDirectory } = options;
    const subjects: Subjects = {
      curfew: await started(
        startCurfew({ cluster, secret, families: families.slice(0, most.curfew), profileDirectory }),
      ),
      library: await started(startLibrary()),
      knex: await started(startLibraryOnKnex(cluster)),
      statements: await started(connectStatements(cluster, families.slice(most.curfew))),
    };
    options.onProgress('warming up');
    await Promise.all(
      Object.values(subjects).map((subject) =>
        subject.measure(warmUpConnections, { ...plan.warmUp, signal }),
      ),
    );

    const rounds: Sample[][] = [];
    for (let round = 1; round <= plan.rounds; round += 1) {
      options.onProgress(`round ${round} of ${plan.rounds}`);
      rounds.push(await measureRound(subjects, plan, effort, round));
    }
    const statements = await subjects.curfew.countStatements(countedRefreshes, { ...effort, seconds: 10 });
    const counted = { refreshes: countedRefreshes, statements };
    return { machine, seconds: plan.seconds, rounds, counted };
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

/** Every other round goes the other way, so that a drift of the machine favours nobody. */
async function measureRound(
  { curfew, library, knex, statements }: Subjects,
  plan: Plan,
  effort: Effort,
  round: number,
): Promise<Sample[]> {
  const measurements = [
    ...plan.connections.flatMap((connections) => [
      () => curfew.measure(connections, effort),
      () => library.measure(connections, effort),
      () => knex.measure(connections, effort),
    ]),
    ...statementConnections.map((connections) => () => statements.measure(connections, effort)),
  ];
  const samples: Sample[] = [];
  for (const measurement of round % 2 === 0 ? measurements.toReversed() : measurements) {
    samples.push(await measurement());
  }
  const saturated = samples.find((s) => s.subject === 'curfew' && s.connections === pacedConnections);
  if (!saturated) throw new Error('A round lacks the measurement that sets the pace.');
  samples.push(
    await curfew.measure(pacedConnections, { ...effort, perSecond: saturated.perSecond * pacedShare }),
  );
  return samples;
}

function divide<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

interface RunOptions {
  signal: AbortSignal;
  profileDirectory: string | undefined;
  onProgress: (line: string) => void;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
    },
  });
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interruption.abort(new Error(`Ended by ${name}.`)));
  }
  const measured = await withCluster((cluster) =>
    measureAll(cluster, values.short ? shortPlan : wholePlan, {
      signal: AbortSignal.any([interruption.signal, AbortSignal.timeout(longestRun)]),
      profileDirectory: values['cpu-prof'],
      onProgress: (line) => void process.stderr.write(`${line}\n`),
    }),
  );
  const report = buildReport(measured);
  if (report.roundTrips.perRefresh !== expectedRoundTrips) process.exitCode = 1;
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report));
}

await main();
