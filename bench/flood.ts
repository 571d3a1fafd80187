/**
 * What a flood of sign-ins does to refreshes: `node --import tsx bench/flood.ts [--short] [--json]`. See README.md.
 */
import { parseArgs } from 'node:util';
import { prepareCurfew, startCurfew } from './subjects/curfew.ts';
import type { Curfew } from './subjects/curfew.ts';
import { driveSignIns } from './subjects/drive_sign_ins.ts';
import type { SignIns } from './subjects/drive_sign_ins.ts';
import { liftLimits } from './subjects/lift_limits.ts';
import { seedFamilies } from './subjects/seed_families.ts';
import { withCluster } from './support/cluster.ts';
import type { Cluster } from './support/cluster.ts';
import type { Effort } from './support/drive_connections.ts';
import { spreadOf } from './support/figures.ts';
import { describeMachine } from './support/machine.ts';

const wholePlan = { rounds: 5, seconds: 5, warmUp: 15 };
const shortPlan = { rounds: 2, seconds: 2, warmUp: 4 };
type Plan = typeof wholePlan;

const connections = 16;
const familiesPerConnection = 200;
/** The part of what refreshes alone can do, at which they go on beside the flood. */
const share = 0.25;
/** Sign-ins a second, as a multiple of those that can be checked; over so many connections. */
const flood = { times: 10, connections: 64 };
const goal = 5;
const longestRun = 5 * 60_000;
const most = 1_000_000;

interface Round {
  saturated: number;
  alone: { p50: number; p99: number };
  flooded: { p50: number; p99: number };
  signIns: SignIns;
}

async function measureRound(
  curfew: Curfew,
  capacity: number,
  plan: Plan,
  signal: AbortSignal,
): Promise<Round> {
  const effort: Effort = { seconds: plan.seconds, most, signal };
  const { perSecond: saturated } = await curfew.measure(connections, { ...effort, seconds: 2 });
  const paced = { ...effort, perSecond: saturated * share };
  const alone = await curfew.measure(connections, paced);
  const [flooded, signIns] = await Promise.all([
    curfew.measure(connections, paced),
    driveSignIns(curfew.port, flood.connections, { ...effort, perSecond: capacity * flood.times }),
  ]);
  return { saturated, alone, flooded, signIns };
}

async function measureAll(cluster: Cluster, plan: Plan, signal: AbortSignal) {
  const machine = await describeMachine(cluster);
  const secret = await prepareCurfew(cluster);
  await liftLimits(cluster);
  const tokens = await seedFamilies(cluster, connections * familiesPerConnection);
  const families = Array.from({ length: connections }, (_, at) =>
    tokens.slice(at * familiesPerConnection, (at + 1) * familiesPerConnection),
  );
  const curfew = await startCurfew({ cluster, secret, families });
  try {
    await curfew.measure(connections, { seconds: plan.warmUp, most, signal });
    await driveSignIns(curfew.port, 8, { seconds: 2, most, signal });
    const { checkedPerSecond: capacity } = await driveSignIns(curfew.port, 8, { seconds: 3, most, signal });
    const rounds: Round[] = [];
    for (let round = 1; round <= plan.rounds; round += 1) {
      process.stderr.write(`round ${round} of ${plan.rounds}\n`);
      rounds.push(await measureRound(curfew, capacity, plan, signal));
    }
    return { machine, capacity, rounds };
  } finally {
    await curfew.stop();
  }
}

type Measured = Awaited<ReturnType<typeof measureAll>>;

const ratioOf = ({ flooded, alone }: Round) => flooded.p99 / alone.p99;

function describe({ machine, capacity, rounds }: Measured): string {
  const show = (read: (round: Round) => number, digits = 1) => {
    const { median, least, most: greatest } = spreadOf(rounds.map(read));
    return `${median.toFixed(digits)} (${least.toFixed(digits)}–${greatest.toFixed(digits)})`;
  };
  const ratio = spreadOf(rounds.map(ratioOf)).median;
  return [
    `${machine.cores} cores (${machine.processor}), Node ${machine.node}, PostgreSQL ${machine.postgres}, load ${machine.load}`,
    `sign-ins checked a second, alone:           ${capacity.toFixed(0)}`,
    `sign-ins sent a second in the flood:        ${show(({ signIns }) => signIns.perSecond, 0)}`,
    `of them checked a second:                   ${show(({ signIns }) => signIns.checkedPerSecond, 0)}`,
    `refused with 429, all in all:               ${show(({ signIns }) => signIns.refused, 0)}`,
    `refreshes a second at saturation:           ${show(({ saturated }) => saturated, 0)}`,
    `at a quarter of it, alone:     p50, p99 ms: ${show(({ alone }) => alone.p50)}, ${show(({ alone }) => alone.p99)}`,
    `at a quarter of it, flooded:   p50, p99 ms: ${show(({ flooded }) => flooded.p50)}, ${show(({ flooded }) => flooded.p99)}`,
    `p99 flooded over alone:                     ${show(ratioOf, 2)} (goal: ≤ ${goal}, ${ratio <= goal ? 'met' : 'missed'})`,
    '',
  ].join('\n');
}

/** Every sign-in of a flood is either looked at or refused with the seconds to wait. */
function listFaults({ rounds }: Measured): string[] {
  return rounds.flatMap(({ signIns: { refused, withoutRetryAfter, others } }) => [
    ...(refused === 0 ? ['nothing was refused: this was no flood'] : []),
    ...(withoutRetryAfter > 0 ? [`${withoutRetryAfter} refusals without Retry-After`] : []),
    ...Object.entries(others).map(([status, count]) => `${count} sign-ins answered by ${status}`),
  ]);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { short: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => interruption.abort(new Error(`Ended by ${name}.`)));
  const signal = AbortSignal.any([interruption.signal, AbortSignal.timeout(longestRun)]);
  const measured = await withCluster((cluster) =>
    measureAll(cluster, values.short ? shortPlan : wholePlan, signal),
  );
  process.stdout.write(values.json ? `${JSON.stringify(measured, undefined, 2)}\n` : describe(measured));
  const faults = listFaults(measured);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
}

await main();
