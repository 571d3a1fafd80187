import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { FamilyFacts, RefreshTokenFacts, SessionFacts } from '../../src/domain/facts.ts';
import type { Instant } from '../../src/domain/instants.ts';
import type { Limits, Policy } from '../../src/domain/policies.ts';
import { endReasons } from '../../src/domain/reasons.ts';
import type { EndReason } from '../../src/domain/reasons.ts';
import type { RefreshFacts, RefreshRequest } from '../../src/policy/evaluate_refresh.ts';
import { account, configurationOf, family, parts, policy, second, session, start } from './facts.ts';

/** Few values, so that limits often meet. */
const seconds = fc.integer({ min: 1, max: 20 });

/** Exact seconds mostly, so that limits fall together; sometimes a few microseconds beside. */
const span = (most: number): Arbitrary<number> =>
  fc
    .tuple(fc.integer({ min: 0, max: most }), fc.constantFrom(0, 0, 0, -1, 1))
    .map(([whole, micros]) => Math.max(0, whole * second + micros));

const rarely = <Value>(arbitrary: Arbitrary<Value>): Arbitrary<Value | undefined> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Some of the fields of a policy, or all. */
export const limits: Arbitrary<Partial<Limits>> = fc.record(
  {
    access_token_ttl: seconds,
    refresh_idle: seconds,
    refresh_absolute: seconds,
    refresh_overlap: fc.integer({ min: 0, max: 6 }),
    session_idle: seconds,
    session_absolute: seconds,
    mfa: fc.constantFrom('none', 'step_up', 'always'),
    mfa_phishing_resistant: fc.boolean(),
    mfa_max_age: seconds,
    enrolment: fc.constantFrom('open', 'invited'),
    activity: fc.constantFrom('any_refresh', 'reported'),
    max_sessions: seconds,
    lease_max: fc.integer({ min: 0, max: 20 }),
  },
  { requiredKeys: [] },
);

/** Policies of different names. */
export const policies: Arbitrary<Policy[]> = fc
  .array(fc.tuple(limits, fc.nat({ max: 9 })), { maxLength: 5 })
  .map((entries) => entries.map(([entry, version], at) => policy(`p${at}`, entry, version)));

const ampleSeconds = fc.integer({ min: 8, max: 60 });
/** Under these most refreshes pass. */
const ampleLimits: Arbitrary<Partial<Limits>> = fc.record({
  refresh_idle: ampleSeconds,
  refresh_absolute: ampleSeconds,
  refresh_overlap: fc.integer({ min: 0, max: 20 }),
  session_idle: ampleSeconds,
  session_absolute: ampleSeconds,
  mfa: fc.constantFrom('none', 'step_up'),
  mfa_max_age: ampleSeconds,
  activity: fc.constantFrom('any_refresh', 'reported'),
  lease_max: fc.integer({ min: 0, max: 20 }),
});

const end = fc.record({
  reason: fc.constantFrom(...(Object.keys(endReasons) as EndReason[])),
  after: span(20),
});

export const sessions: Arbitrary<SessionFacts> = fc
  .record({ active: span(20), clientIds: fc.constantFrom(['shop'], ['shop', 'kiosk']), end: rarely(end) })
  .map(({ active, clientIds, end: ended }) =>
    session({
      clientIds,
      lastActivityAt: start + active,
      ...(ended ? { end: { reason: ended.reason, at: start + ended.after } } : {}),
    }),
  );

export const families: Arbitrary<FamilyFacts> = fc
  .record({
    bound: fc.boolean(),
    started: span(5),
    active: span(20),
    scopes: fc.subarray(['openid', 'reports.read', 'payments.write', 'vault.open']),
    resources: fc.subarray(['https://reporting.example']),
    mfa: fc.option(span(20), { nil: undefined }),
    lease: fc.option(seconds, { nil: undefined }),
    end: rarely(end),
  })
  .map(({ bound, started, active, scopes, resources, mfa, lease, end: ended }) =>
    family({
      bound,
      scopes,
      resources,
      startedAt: start + started,
      lastActivityAt: start + started + active,
      ...(mfa === undefined ? {} : { mfaAt: start + mfa }),
      ...(lease === undefined || bound ? {} : { lease: { duration: lease, purpose: 'Nightly books' } }),
      ...(ended ? { end: { reason: ended.reason, at: start + ended.after } } : {}),
    }),
  );

const tokens: Arbitrary<RefreshTokenFacts> = fc.oneof(
  fc.constant({ successorUnused: true, retries: 0 }),
  fc
    .record({
      rotated: span(20),
      successorUnused: fc.constantFrom(true, true, true, false),
      retries: fc.nat({ max: 6 }),
      inactiveFor: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
    })
    .map(({ rotated, inactiveFor, ...rest }) => ({
      ...rest,
      rotatedAt: start + rotated,
      ...(inactiveFor === undefined ? {} : { inactiveFor }),
    })),
);

export interface Refresh {
  facts: RefreshFacts;
  request: RefreshRequest;
}

/** A refresh at any moment after all that is stored. */
export const refreshes: Arbitrary<Refresh> = fc
  .record({
    limits: fc.tuple(ampleLimits, ampleLimits),
    roles: fc.constantFrom(['member'], ['cashier'], ['member', 'cashier'], ['guarded']),
    family: families,
    session: fc.oneof({ weight: 9, arbitrary: sessions }, { weight: 1, arbitrary: fc.constant(undefined) }),
    token: tokens,
    wait: span(6),
    scopes: fc.option(fc.subarray(['openid', 'payments.write', 'vault.open']), { freq: 2, nil: undefined }),
    inactiveFor: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
  })
  .map(({ limits: [byDefault, ofMember], roles, wait, scopes, inactiveFor, ...stored }) => {
    const named = [
      policy('default', byDefault),
      policy('member', ofMember),
      policy('guarded', { mfa: 'always' }),
      policy('reporting', { activity: 'reported' }),
    ];
    const facts = {
      ...stored,
      configuration: configurationOf({ ...parts, policies: named }),
      account: account({ roles }),
      now: 0,
    };
    return {
      facts: { ...facts, now: lastStored(facts) + wait },
      request: { clientId: 'shop', scopes, inactiveFor },
    };
  });

/** The latest moment of all that is stored: no refresh was before it. */
export function lastStored({ family: of, session: its, token }: Omit<RefreshFacts, 'now'>): Instant {
  const moments = [of.startedAt, of.lastActivityAt, of.mfaAt, of.end?.at, token.rotatedAt];
  moments.push(its?.startedAt, its?.lastActivityAt, its?.end?.at);
  return Math.max(...moments.map((moment) => moment ?? 0));
}
