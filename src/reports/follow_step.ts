import type { End } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { EndReason } from '../domain/reasons.ts';
import type { Replay } from '../policy/replay_access.ts';
import type { TrailStep } from '../store/trail_replay.ts';

const micros = (text: unknown): Instant => {
  const parsed = /^(.*\.\d{3})(\d{3})Z$/.exec(String(text));
  return parsed ? Date.parse(`${parsed[1]}Z`) * 1000 + Number(parsed[2]) : Date.parse(String(text)) * 1000;
};
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Seconds of inactivity that a step tells: absent, none; null: it was no activity. */
function inactivity(value: unknown): number | undefined {
  if (value === null) return undefined;
  return value === undefined ? 0 : Number(value);
}

/**
 * Hand a step of the trail to replays; changes of the configuration are the caller's to hand on. What tells
 * too little is left out, with all that hangs on it: steps of erased accounts, and of before the trail told
 * when activity was.
 */
export function followStep(step: TrailStep, replays: readonly Replay[]): void {
  const { name, at } = step;
  const detail = step.detail ?? nothing;
  const [accountId, sessionId, familyId] = [
    step.account_id ?? '',
    step.session_id ?? '',
    step.family_id ?? '',
  ];
  switch (name) {
    case 'refresh.granted':
    case 'refresh.downscoped':
    case 'refresh.retried': {
      const own = { at, inactiveFor: inactivity(detail.inactive_for) };
      const isAlike = detail.session_inactive_for === detail.inactive_for;
      const session = isAlike ? own : { at, inactiveFor: inactivity(detail.session_inactive_for) };
      for (const replay of replays) replay.touchFamily(familyId, own, session);
      return;
    }
    case 'account.created': {
      const roles = texts(detail.roles);
      for (const replay of replays) replay.useRoles(accountId, roles, at);
      return;
    }
    case 'account.roles_changed': {
      const roles = texts(detail.to);
      for (const replay of replays) replay.useRoles(accountId, roles, at);
      return;
    }
    case 'session.started':
    case 'session.renewed': {
      if (step.session_id === null || detail.started_at === undefined) return;
      const [startedAt, lastActivityAt] = [micros(detail.started_at), micros(detail.active_at)];
      for (const replay of replays) replay.startSession({ sessionId, accountId, startedAt, lastActivityAt });
      return;
    }
    case 'consent.granted':
      for (const replay of replays) replay.touchSession(sessionId, { at, inactiveFor: 0 });
      return;
    case 'session.extended': {
      const activity = { at, inactiveFor: inactivity(detail.inactive_for) };
      for (const replay of replays) replay.touchSession(sessionId, activity);
      return;
    }
    case 'code.exchanged':
      for (const replay of replays) startFamily(replay, step);
      return;
    case 'lease.granted': {
      const lease = { duration: Number(detail.duration), purpose: String(detail.purpose) };
      for (const replay of replays) replay.leaseFamily(familyId, lease);
      return;
    }
    case 'session.ended': {
      const end = readEnd(detail);
      for (const replay of replays) replay.endSession(sessionId, end, at);
      return;
    }
    case 'family.ended': {
      const end = readEnd(detail);
      for (const replay of replays) replay.endFamily(familyId, end, at);
      return;
    }
    default:
  }
}

const nothing: Record<string, unknown> = {};

function startFamily(replay: Replay, { at, detail, ...step }: TrailStep): void {
  if (detail === null) return;
  if (step.family_id === null || detail.active_at === undefined) return;
  replay.startFamily({
    familyId: step.family_id,
    accountId: step.account_id ?? '',
    clientId: step.client_id ?? '',
    sessionId: step.session_id ?? '',
    bound: detail.bound === true,
    scopes: texts(detail.scopes),
    resources: texts(detail.resources),
    startedAt: at,
    lastActivityAt: micros(detail.active_at),
  });
}

function readEnd({
  reason,
  ended_at: endedAt,
  limit,
  policy,
  policy_version: version,
}: Record<string, unknown>): End {
  return {
    reason: String(reason) as EndReason,
    at: micros(endedAt),
    ...(typeof limit === 'number' ? { limit } : {}),
    ...(typeof policy === 'string' ? { policy } : {}),
    ...(typeof version === 'number' ? { policyVersion: version } : {}),
  };
}
