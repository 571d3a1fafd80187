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
 * Hand a step of the trail to a replay; changes of the configuration are the caller's to hand on. What tells
 * too little is left out, with all that hangs on it: steps of erased accounts, and of before the trail told
 * when activity was.
 */
export function followStep(replay: Replay, step: TrailStep): void {
  const { name, at } = step;
  const detail = step.detail ?? nothing;
  const [accountId, sessionId, familyId] = [
    step.account_id ?? '',
    step.session_id ?? '',
    step.family_id ?? '',
  ];
  switch (name) {
    case 'account.created':
      return replay.useRoles(accountId, texts(detail.roles), at);
    case 'account.roles_changed':
      return replay.useRoles(accountId, texts(detail.to), at);
    case 'session.started':
    case 'session.renewed': {
      if (step.session_id === null || detail.started_at === undefined) return;
      const [startedAt, lastActivityAt] = [micros(detail.started_at), micros(detail.active_at)];
      return replay.startSession({ sessionId, accountId, startedAt, lastActivityAt });
    }
    case 'consent.granted':
      return replay.touchSession(sessionId, { at, inactiveFor: 0 });
    case 'session.extended':
      return replay.touchSession(sessionId, { at, inactiveFor: inactivity(detail.inactive_for) });
    case 'code.exchanged':
      return startFamily(replay, step);
    case 'lease.granted':
      return replay.leaseFamily(familyId, {
        duration: Number(detail.duration),
        purpose: String(detail.purpose),
      });
    case 'session.ended':
      return replay.endSession(sessionId, readEnd(detail), at);
    case 'family.ended':
      return replay.endFamily(familyId, readEnd(detail), at);
    case 'refresh.granted':
    case 'refresh.downscoped':
    case 'refresh.retried': {
      const own = { at, inactiveFor: inactivity(detail.inactive_for) };
      const session = { at, inactiveFor: inactivity(detail.session_inactive_for) };
      return replay.touchFamily(familyId, own, session);
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
