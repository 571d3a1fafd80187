import type { Logger } from 'pino';
import { giveUpStaleNotices } from '../delivery/give_up_stale_notices.ts';
import type { Deliverer } from '../delivery/deliver_notices.ts';
import { defaultAuditRetention } from '../domain/configuration.ts';
import type { Configuration } from '../domain/configuration.ts';
import { dropStaleEvents } from '../operations/drop_stale_events.ts';
import { sweepOnce } from '../operations/sweep.ts';
import type { Database } from '../store/database.ts';
import { deleteExpired } from '../store/expired.ts';
import { deleteOldUsage } from '../store/usage_rollup.ts';
import { ensureAuditPartitions } from '../store/audit_events.ts';
import { deleteWindowsOlderThan } from '../store/window_secrets.ts';
import { detectOverdue } from './detect_overdue.ts';
import { dropOldMonths, eraseLateEvents } from './keep_trail.ts';
import { createLoopShare } from './loop_share.ts';
import { rollUpUsage } from './roll_up_usage.ts';

export interface JobOptions {
  database: Database;
  log: Logger;
  /** The configuration in force, read anew when the database has a newer one. */
  configuration(): Promise<Configuration>;
  /** Chains what committed since; see `createSealer`. */
  sealEvents(): Promise<number>;
  /** The longest overlap of any policy, in seconds: sealed successors may be needed for that long. */
  longestOverlap(): number;
  /** Rotates signing keys when it is time, and removes old ones. */
  keepKeys(): Promise<unknown>;
  deliverer: Deliverer;
  /** How often the detective control looks at everything, in seconds. */
  controlPeriod: number;
  /** Told of each run, once it is over: what was run, for how many seconds, and whether it failed. */
  onRun?: ((job: JobName, seconds: number, failed: boolean) => void) | undefined;
}

/** Every job there is. */
export const jobNames = [
  'audit_partitions',
  'window_secrets',
  'sweep',
  'deliver',
  'stale_notices',
  'seal',
  'audit_retention',
  'audit_erase',
  'stale_events',
  'expired',
  'rotate_keys',
  'usage',
  'usage_retention',
  'detect_overdue',
] as const;
export type JobName = (typeof jobNames)[number];

interface Job {
  name: JobName;
  everySeconds: number;
  /** Whether its turn is more than a tick; without it, it is. */
  isDue?(): boolean;
  run(): Promise<unknown>;
}

/** How much one transaction of the sweeper looks at. */
const sweepBatch = 200;
/**
 * How long, in milliseconds, it does not look again once nothing was due. Where something was it looks at its
 * every turn: a steady stream of ends takes a little of every moment then, and not all of every other one.
 */
const sweepRest = 400;
/**
 * Of an instance that is busy with requests for more than this share of its time, the sweeper rests as long
 * although something was due, and the sealer passes over as many turns: another instance may have time.
 */
const busyShare = 0.35;
const sealTurnsPassed = 2;
/** How often the detective control looks again at what it noted, in seconds. */
const controlTick = 15;
/** How many turns one run has, so that a run ends while there is always more. */
const sweepTurns = 50;
/** A window takes new successors for a minute; two make up for any delay. */
const windowSlackSeconds = 120;

/** Start the recurring jobs: each runs at once, then at its interval, never twice at the same time. */
export function startJobs({
  database,
  log,
  configuration,
  sealEvents,
  longestOverlap,
  keepKeys,
  deliverer,
  controlPeriod,
  onRun,
}: JobOptions): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const jobs: Job[] = [
    { name: 'audit_partitions', everySeconds: 6 * 3600, run: () => ensureAuditPartitions(database) },
    {
      name: 'window_secrets',
      everySeconds: 30,
      run: () => deleteWindowsOlderThan(database, longestOverlap() + windowSlackSeconds),
    },
    { name: 'sweep', everySeconds: 0.1, isDue: () => performance.now() >= restsUntil, run: sweep },
    { name: 'deliver', everySeconds: 0.25, run: () => deliverer.deliverDue() },
    { name: 'stale_notices', everySeconds: 60, run: () => giveUpStaleNotices(database) },
    { name: 'seal', everySeconds: 1, isDue: isSealDue, run: seal },
    {
      name: 'audit_retention',
      everySeconds: 3600,
      run: async () => dropOldMonths(database, await configuration(), log),
    },
    { name: 'audit_erase', everySeconds: 600, run: () => eraseLateEvents(database) },
    { name: 'stale_events', everySeconds: 60, run: () => dropStaleEvents(database) },
    { name: 'rotate_keys', everySeconds: 1, run: keepKeys },
    { name: 'expired', everySeconds: 60, run: () => deleteExpired(database, { signal: stopping.signal }) },
    { name: 'usage', everySeconds: 15, run: () => rollUpUsage(database, stopping.signal) },
    { name: 'usage_retention', everySeconds: 3600, run: dropOldUsage },
    {
      name: 'detect_overdue',
      everySeconds: Math.min(controlTick, controlPeriod),
      run: () => detectOverdue(database, { period: controlPeriod, signal: stopping.signal }),
    },
  ];
  const besideSweep = createLoopShare();
  let restsUntil = 0;
  async function sweep(): Promise<void> {
    const isBusy = besideSweep.read() > busyShare;
    let found = await sweepOnce(database, configuration, sweepBatch);
    for (let turns = 1; found === 'many' && turns < sweepTurns && !stopping.signal.aborted; turns += 1)
      found = await sweepOnce(database, configuration, sweepBatch);
    if (found === 'nothing' || isBusy) restsUntil = performance.now() + sweepRest;
    besideSweep.restart();
  }

  const besideSeal = createLoopShare();
  let passed = 0;
  function isSealDue(): boolean {
    if (passed >= sealTurnsPassed || besideSeal.read() <= busyShare) return true;
    passed += 1;
    return false;
  }
  async function seal(): Promise<void> {
    passed = 0;
    await sealEvents();
    besideSeal.restart();
  }

  /** The days are kept as long as the trail that they were made of. */
  async function dropOldUsage(): Promise<void> {
    const { audit } = await configuration();
    const keep = audit?.retention ?? defaultAuditRetention;
    await database.transaction((tx) => deleteOldUsage(tx, keep));
  }

  const running = new Set<Promise<void>>();
  const timers = jobs.map((job) => {
    let busy = false;
    const runOnce = () => {
      if (busy || job.isDue?.() === false) return;
      busy = true;
      const begunAt = performance.now();
      let failed = false;
      const run: Promise<void> = job
        .run()
        .then(() => undefined)
        .catch((error: unknown) => {
          failed = true;
          log.warn({ err: error, job: job.name }, 'job failed');
        })
        .finally(() => {
          onRun?.(job.name, (performance.now() - begunAt) / 1000, failed);
          busy = false;
          running.delete(run);
        });
      running.add(run);
    };
    runOnce();
    const timer = setInterval(runOnce, job.everySeconds * 1000);
    timer.unref();
    return timer;
  });
  return {
    async stop() {
      stopping.abort();
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
      await deliverer.stop();
    },
  };
}
