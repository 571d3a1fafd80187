import type { Configuration } from '../domain/configuration.ts';
import type { End } from '../domain/facts.ts';
import { formatInstant } from '../domain/instants.ts';
import { createReplay } from '../policy/replay_access.ts';
import type { Replay, Replayed } from '../policy/replay_access.ts';
import { readTrail } from '../store/audit_verification.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database, Queryable } from '../store/database.ts';
import { readNow } from '../store/sessions.ts';
import {
  estimateTrail,
  followTrail,
  listConfigurationChanges,
  listFirstRoles,
  listPolicyVersions,
} from '../store/trail_replay.ts';
import { buildTimeline } from './configuration_timeline.ts';
import { followStep } from './follow_step.ts';

/** What would have ended earlier for one reason, by one policy. */
export interface SimulatedEnds {
  policy: string;
  reason: string;
  sessions: number;
  families: number;
  /** How many of both were still in use after that. */
  inUse: number;
  accounts: number;
}

export interface Simulation {
  /** Events that were followed. */
  events: number;
  /** Sessions and families that began in the trail. */
  replayed: number;
  ends: SimulatedEnds[];
  /** Whom the ends in use concern: how many by role and by client, of sessions and families. */
  inUseByRole: Record<string, number>;
  inUseByClient: Record<string, number>;
  /** Ended by a limit in truth, and not by then under the proposed ones. */
  livesLonger: number;
  /** A replay under the limits of then, beside what was recorded: how many ends, and those that differ. */
  check: { ends: number; differing: string[] };
}

export interface SimulateOptions {
  /** The configuration to try, made of the one in force. */
  propose(current: Configuration): Configuration;
  onProgress?(done: number, estimate: number): void;
}

/** So often is told how far it is. */
const progressEvents = 10_000;
const mostDiffering = 100;
/** To the second: recorded moments are rounded, and an event is a moment younger than what it tells of. */
const sameMicros = 500_000;

/** Replay the whole trail under proposed limits and, to show what the replay is worth, under those of then. */
export async function simulate(database: Database, options: SimulateOptions): Promise<Simulation> {
  return await readTrail(database, async (tx) => {
    const current = await loadConfiguration(tx);
    const changes = await listConfigurationChanges(tx);
    const timeline = buildTimeline(current, await listPolicyVersions(tx), changes);
    const roles = await listFirstRoles(tx);
    const rolesOf = (accountId: string) => roles.get(accountId) ?? [];
    const tally = createTally();
    const proposed = createReplay(options.propose(current), rolesOf, tally.count);
    const recorded = createReplay(timeline.first, rolesOf, tally.compare);
    const replays = [proposed, recorded];
    const estimate = await estimateTrail(tx);
    let events = 0;
    await followTrail(tx, (step) => {
      const configuration = step.event_id !== null && timeline.after.get(step.event_id);
      if (configuration) recorded.useConfiguration(configuration, step.at);
      else followStep(step, replays);
      events += 1;
      if (events % progressEvents === 0) options.onProgress?.(events, estimate);
    });
    options.onProgress?.(events, estimate);
    await finish(tx, replays);
    return tally.result(events);
  });
}

async function finish(tx: Queryable, replays: readonly Replay[]): Promise<void> {
  const now = await readNow(tx);
  for (const replay of replays) replay.finish(now);
}

function createTally() {
  const groups = new Map<string, SimulatedEnds & { people: Set<string> }>();
  const [byRole, byClient] = [new Map<string, number>(), new Map<string, number>()];
  const check = { ends: 0, differing: [] as string[] };
  let replayed = 0;
  let livesLonger = 0;

  return {
    /** What the proposed limits did. */
    count(done: Replayed): void {
      replayed += 1;
      const { replayed: end, recorded } = done;
      if (!end && recorded) livesLonger += 1;
      if (!end || (recorded && end.at > recorded.at - sameMicros)) return;
      const group = groupOf(end);
      group[done.of === 'session' ? 'sessions' : 'families'] += 1;
      group.people.add(done.accountId);
      if (done.usedAt === undefined) return;
      group.inUse += 1;
      for (const role of done.roles) add(byRole, role);
      for (const clientId of done.clientIds) add(byClient, clientId);
    },
    /** What the limits of then did, beside what was recorded. What nobody has found yet is no difference. */
    compare({ of, id, replayed: end, recorded }: Replayed): void {
      if (!recorded) return;
      check.ends += 1;
      if (end?.reason === recorded.reason && Math.abs(end.at - recorded.at) < sameMicros) return;
      if (check.differing.length < mostDiffering) {
        check.differing.push(`${of} ${id}: recorded ${tell(recorded)}, replayed ${tell(end)}`);
      }
    },
    result: (events: number): Simulation => ({
      events,
      replayed,
      ends: [...groups]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([, { people, ...group }]) => ({ ...group, accounts: people.size })),
      inUseByRole: sortCounts(byRole),
      inUseByClient: sortCounts(byClient),
      livesLonger,
      check,
    }),
  };

  function groupOf({ policy = '', reason }: End) {
    const name = `${policy} ${reason}`;
    const group = groups.get(name) ?? {
      policy,
      reason,
      sessions: 0,
      families: 0,
      inUse: 0,
      accounts: 0,
      people: new Set<string>(),
    };
    groups.set(name, group);
    return group;
  }
}

const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

const sortCounts = (counts: ReadonlyMap<string, number>) =>
  Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));

const tell = (end: End | undefined): string => (end ? `${end.reason} at ${formatInstant(end.at)}` : 'alive');
