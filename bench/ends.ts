/**
 * What it takes to end many sessions when their limit passes, and to tell their client, while others
 * refresh: `node --import tsx bench/ends.ts [--short] [--json] [--cpu-prof <directory>]`. See README.md.
 */
import { statfs } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hashToken } from '../src/credentials/token_hash.ts';
import { applyIdleLimit, prepareCurfew, startCurfew } from './subjects/curfew.ts';
import type { Curfew } from './subjects/curfew.ts';
import { letSessionsEnd, measureShortened, readEnded } from './subjects/due_sessions.ts';
import { startLogoutReceiver } from './subjects/logout_receiver.ts';
import { seedFamilies } from './subjects/seed_families.ts';
import { withCluster } from './support/cluster.ts';
import type { Cluster } from './support/cluster.ts';
import { percentile } from './support/figures.ts';
import { describeMachine } from './support/machine.ts';

interface Plan {
  sessions: number;
  /** Seconds over which their limits pass. */
  overSeconds: number;
  instances: number;
  /** Longest wait for the last delivery, in seconds from the last limit. */
  drainSeconds: number;
  /** How many sessions a shortened limit ends at once. */
  shortened: readonly number[];
}
const wholePlan: Plan = {
  sessions: 100_000,
  overSeconds: 60,
  instances: 2,
  drainSeconds: 600,
  shortened: [1000, 10_000],
};
const shortPlan: Plan = {
  sessions: 3000,
  overSeconds: 10,
  instances: 2,
  drainSeconds: 60,
  shortened: [1000],
};

const connections = 4;
const familiesPerConnection = 100;
/** Seconds that preparing so many sessions may take, and those of them in which others refresh already. */
const leadSeconds = (sessions: number) => 10 + sessions / 2000;
const quietSeconds = 3;
/** Bytes that 100 000 sessions, their families, events and notices take, with room for the log. */
const neededBytes = 4 * 2 ** 30;

interface Wishes {
  profileDirectory: string | undefined;
  onProgress(line: string): void;
}

async function measureEnds(cluster: Cluster, plan: Plan, { profileDirectory, onProgress }: Wishes) {
  const { bavail, bsize } = await statfs(cluster.directory);
  if (bavail * bsize < neededBytes) throw new Error(`The disk has less than ${neededBytes} bytes free.`);
  const machine = await describeMachine(cluster);
  const signal = AbortSignal.timeout(20 * 60_000);
  const receiver = await startLogoutReceiver();
  const secret = await prepareCurfew(cluster, receiver.port);
  onProgress(`seeding ${plan.sessions} sessions`);
  const kept = await seedFamilies(cluster, connections * familiesPerConnection);
  const more = plan.shortened.reduce((sum, count) => sum + count, 0);
  for (let left = plan.sessions + more; left > 0; left -= 10_000)
    await seedFamilies(cluster, Math.min(left, 10_000));
  const families = Array.from({ length: connections }, (_, at) =>
    kept.slice(at * familiesPerConnection, (at + 1) * familiesPerConnection),
  );

  const instances: Curfew[] = [];
  try {
    for (let count = 0; count < plan.instances; count += 1)
      instances.push(await startCurfew({ cluster, secret, families, profileDirectory }));
    const [first] = instances;
    if (!first) throw new Error('There is no instance.');
    onProgress('measuring saturation');
    await first.measure(connections, { seconds: 15, most: 5000, signal });
    const saturated = await first.measure(connections, { seconds: 5, most: 20_000, signal });
    const perSecond = saturated.perSecond / 4;
    const paced = (seconds: number) =>
      first.measure(connections, { seconds, most: 100_000, signal, perSecond });
    onProgress('measuring refreshes alone');
    const alone = await paced(plan.overSeconds / 2);

    onProgress('shortening the limit');
    const shortened: [sessions: number, seconds: number][] = [];
    for (const count of plan.shortened) {
      const apply = (minutes: number) => applyIdleLimit(cluster, minutes);
      shortened.push([count, await measureShortened(cluster, count, kept.map(hashToken), apply)]);
    }

    onProgress('letting the sessions end');
    const left = await letSessionsEnd(cluster, kept.map(hashToken), {
      afterSeconds: leadSeconds(plan.sessions),
      overSeconds: plan.overSeconds,
    });
    await wait(Math.max(0, left - quietSeconds) * 1000);
    const beside = await paced(Math.min(left, quietSeconds) + plan.overSeconds);
    const lastLimitAt = Date.now();
    const giveUpAt = lastLimitAt + plan.drainSeconds * 1000;
    let told = await receiver.told();
    while (told.sessions < plan.sessions + more && Date.now() < giveUpAt) {
      await wait(200);
      told = await receiver.told();
    }
    const drainedSeconds = (Date.now() - lastLimitAt) / 1000;
    const { late, ...ended } = await readEnded(cluster);
    return {
      machine,
      plan,
      shortened,
      ended,
      lateSeconds: { p50: percentile(late, 0.5), p99: percentile(late, 0.99), most: percentile(late, 1) },
      told: { ...told, drainedSeconds },
      refreshes: {
        perSecond,
        alone: { p50: alone.p50, p99: alone.p99, count: alone.count },
        beside: { p50: beside.p50, p99: beside.p99, count: beside.count },
        p99Ratio: beside.p99 / alone.p99,
      },
    };
  } finally {
    for (const instance of instances) await instance.stop();
    await receiver.stop();
  }
}

type Report = Awaited<ReturnType<typeof measureEnds>>;

function formatReport({ machine, plan, shortened, ended, lateSeconds, told, refreshes }: Report): string {
  const round = (value: number) => Math.round(value * 100) / 100;
  return [
    `${machine.cores} cores (${machine.processor}), ${machine.node}, PostgreSQL ${machine.postgres}, load ${round(machine.load)}`,
    `${plan.sessions} sessions whose limit passes within ${plan.overSeconds} s, ${plan.instances} instances`,
    ...shortened.map(
      ([count, seconds]) =>
        `a shortened limit ends ${count} sessions in ${round(seconds)} s; the goal is ${count <= 1000 ? 2 : 5} s`,
    ),
    `ended: ${ended.sessions} sessions (${ended.twice} twice) and ${ended.families} families`,
    `noticed after the limit: p50 ${round(lateSeconds.p50)} s, p99 ${round(lateSeconds.p99)} s, at most ${round(lateSeconds.most)} s; the goal is p99 2 s`,
    `told: ${told.sessions} sessions in ${told.posts} posts, the last ${round(told.drainedSeconds)} s after the last limit; the goal is 600 s`,
    `refreshes at ${round(refreshes.perSecond)} a second, a quarter of saturation: p99 ${round(refreshes.alone.p99)} ms alone, ${round(refreshes.beside.p99)} ms beside, ratio ${round(refreshes.p99Ratio)}; the goal is 2`,
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
    },
  });
  const plan = values.short ? shortPlan : wholePlan;
  const report = await withCluster((cluster) =>
    measureEnds(cluster, plan, {
      profileDirectory: values['cpu-prof'],
      onProgress: (line) => void process.stderr.write(`${line}\n`),
    }),
  );
  const isWhole = report.ended.sessions === plan.sessions && report.told.sessions >= plan.sessions;
  if (!isWhole || report.ended.twice > 0) process.exitCode = 1;
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report));
}

await main();
