import { setImmediate } from 'node:timers/promises';
import type { Configuration } from '../domain/configuration.ts';
import { formatInstant } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import { usageBucket } from '../domain/usage.ts';
import { finishUsage, followUsage, usageDueAt } from '../policy/usage/follow_usage.ts';
import type { CountUsage, UsagePerson, UsageStep } from '../policy/usage/usage_person.ts';
import { buildTimeline } from '../reports/configuration_timeline.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database, Queryable } from '../store/database.ts';
import { listConfigurationChanges, listPolicyVersions } from '../store/trail_replay.ts';
import {
  addUsage,
  findUsageStop,
  listDueUsage,
  listSealedSteps,
  loadUsagePeople,
  lockUsageProgress,
  saveUsagePeople,
  writeUsageProgress,
} from '../store/usage_rollup.ts';
import type { SealedStep, UsageCount } from '../store/usage_rollup.ts';
import { renewRecentUsage } from '../store/usage_recent.ts';
import { addEventCounts, countedEvents } from '../store/usage_events.ts';
import type { EventCount } from '../store/usage_events.ts';

/** So many events of the trail are followed in one transaction. */
const mostEvents = 1000;
const mostDue = 500;
/** After so many, others get their turn: a request waits for no more. */
const stepsAtOnce = 50;

/**
 * Follow what was sealed since the last time, by any instance, and add it to the days. In the order of the
 * seals, so that no clock and no open transaction decides what is seen; each event counts once, however often
 * this is broken off. Only one instance does it at a time. An aborted `signal` stops it between two transactions.
 */
export async function rollUpUsage(database: Database, signal?: AbortSignal): Promise<void> {
  for (const step of [followNextSeals, finishDue, renewRecent]) {
    let isMore = true;
    while (isMore) {
      if (signal?.aborted) return;
      isMore = await database.transaction(step, { durable: false });
    }
  }
}

async function followNextSeals(tx: Queryable): Promise<boolean> {
  const after = await lockUsageProgress(tx);
  const stop = after === undefined ? undefined : await findUsageStop(tx, after, mostEvents);
  if (after === undefined || stop === undefined) return false;
  const steps = await listSealedSteps(tx, after, stop);
  await followSteps(tx, steps);
  await writeUsageProgress(tx, stop);
  return true;
}

async function followSteps(tx: Queryable, steps: readonly SealedStep[]): Promise<void> {
  const [first] = steps;
  if (!first) return;
  const configurations = await readConfigurations(tx, first.event_id);
  const subjects = [...new Set(steps.flatMap(({ subject }) => subject ?? []))];
  const people = new Map<string, UsagePerson>();
  for (const { subject, state, roles } of await loadUsagePeople(tx, subjects)) {
    people.set(subject, (state as UsagePerson | null) ?? { roles, spans: {} });
  }
  const tally = createUsageTally();
  const events = createEventTally();
  let configuration = configurations.first;
  for (const [index, step] of steps.entries()) {
    if (index % stepsAtOnce === stepsAtOnce - 1) await setImmediate();
    events.count(step);
    configuration = configurations.after.get(step.event_id) ?? configuration;
    const person = step.subject !== null && people.get(step.subject);
    if (!person) continue;
    if (step.name === 'account.erased') people.delete(step.subject ?? '');
    else followUsage(person, readStep(step), configuration, tally.count);
  }
  await saveUsagePeople(
    tx,
    subjects.map((subject) => {
      const person = people.get(subject);
      return { subject, state: person, dueAt: person && usageDueAt(person) };
    }),
  );
  await addUsage(tx, tally.list());
  await addEventCounts(tx, events.list());
}

/** The configuration at an event, and after each change since. Without one it is that of now. */
async function readConfigurations(
  tx: Queryable,
  eventId: string,
): Promise<{ first: Configuration; after: ReadonlyMap<string, Configuration> }> {
  const current = await loadConfiguration(tx);
  const changes = await listConfigurationChanges(tx);
  if ((changes.at(-1)?.event_id ?? '') < eventId) return { first: current, after: new Map() };
  const { first, after } = buildTimeline(current, await listPolicyVersions(tx), changes);
  const before = changes.findLast(({ event_id: id }) => id < eventId);
  return { first: (before && after.get(before.event_id)) ?? first, after };
}

const moments = ['started_at', 'active_at', 'ended_at'] as const;

function readStep({ name, at, client_id: clientId, session, family, detail }: SealedStep): UsageStep {
  const told = { ...detail };
  for (const moment of moments)
    if (typeof told[moment] === 'string') told[moment] = readInstant(told[moment]);
  return {
    name,
    at,
    clientId: clientId ?? undefined,
    session: session ?? undefined,
    family: family ?? undefined,
    detail: told,
  };
}

/** Of ISO 8601 in UTC, to the micro- or millisecond. */
function readInstant(text: string): Instant {
  const micros = /\.\d{3}(\d{3})Z$/.exec(text)?.[1];
  return Date.parse(micros === undefined ? text : text.replace(/\d{3}Z$/, 'Z')) * 1000 + Number(micros ?? 0);
}

async function finishDue(tx: Queryable): Promise<boolean> {
  if ((await lockUsageProgress(tx)) === undefined) return false;
  const due = await listDueUsage(tx, mostDue);
  const tally = createUsageTally();
  const people = due.map(({ subject, state, now }) => {
    const person = state as UsagePerson;
    finishUsage(person, now, tally.count);
    return { subject, state: person, dueAt: usageDueAt(person) };
  });
  await saveUsagePeople(tx, people);
  await addUsage(tx, tally.list());
  return due.length === mostDue;
}

async function renewRecent(tx: Queryable): Promise<boolean> {
  if ((await lockUsageProgress(tx)) !== undefined) await renewRecentUsage(tx);
  return false;
}

function createUsageTally(): { count: CountUsage; list(): UsageCount[] } {
  const lines = new Map<string, UsageCount>();
  return {
    count(group, at, measure, seconds) {
      const [day, bucket] = [formatInstant(at).slice(0, 10), usageBucket(seconds)];
      const { of, field, policy, policyVersion, limit, clientId, roles } = group;
      // One by one: a group that was kept comes back with its names in another order.
      const key = JSON.stringify([
        day,
        of,
        field,
        policy,
        policyVersion,
        limit,
        clientId,
        roles,
        measure,
        bucket,
      ]);
      const line = lines.get(key) ?? { day, group, measure, bucket, count: 0, seconds: 0 };
      line.count += 1;
      line.seconds += seconds;
      lines.set(key, line);
    },
    list: () => [...lines.values()],
  };
}

function createEventTally(): { count(step: SealedStep): void; list(): EventCount[] } {
  const lines = new Map<string, EventCount>();
  return {
    count({ name, at, detail }) {
      const field = countedEvents[name];
      if (field === undefined) return;
      const [day, reason] = [formatInstant(at).slice(0, 10), String(detail[field])];
      const key = JSON.stringify([day, name, reason]);
      const line = lines.get(key) ?? { day, name, reason, count: 0 };
      line.count += 1;
      lines.set(key, line);
    },
    list: () => [...lines.values()],
  };
}
