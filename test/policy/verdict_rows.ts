import type { RefusalReason } from '../../src/domain/reasons.ts';
import type { RefreshFacts, RefreshRequest } from '../../src/policy/evaluate_refresh.ts';
import {
  client,
  configurationOf,
  memberLimits,
  parts,
  refreshFacts,
  refreshRequest,
  second,
} from './facts.ts';

export interface Case {
  facts: RefreshFacts;
  request: RefreshRequest;
}

/** One way in which a row of the table of verdicts holds. */
export interface Row {
  row: number;
  name: string;
  /** Make the row hold, whatever else does; each one's limit passes, if at all, when the others' do. */
  hold: (refresh: Case) => Case;
  answer: RefusalReason;
}

const withFacts = (refresh: Case, facts: Partial<RefreshFacts>): Case => ({
  ...refresh,
  facts: { ...refresh.facts, ...facts },
});
const withRequest = (refresh: Case, request: Partial<RefreshRequest>): Case => ({
  ...refresh,
  request: { ...refresh.request, ...request },
});

/** A refresh that passes. */
export const passing = (): Case => ({ facts: refreshFacts(), request: refreshRequest() });

/** Row 2: the token was rotated a second ago, and everything that the overlap asks for is there. */
export const retried = (refresh: Case): Case =>
  withFacts(refresh, {
    token: { rotatedAt: refresh.facts.now - second, successorUnused: true, retries: 0, inactiveFor: 0 },
  });

/** The refusing rows of the table of verdicts (gate.md) in its order. */
export const refusingRows: readonly Row[] = [
  {
    row: 1,
    name: "another client's token",
    hold: (refresh) => withRequest(refresh, { clientId: 'portal' }),
    answer: 'unknown_token',
  },
  {
    row: 1,
    name: 'a token bound to another key',
    hold: (refresh) => withRequest(withFacts(refresh, { boundKey: 'a key' }), { proofKey: 'another key' }),
    answer: 'unknown_token',
  },
  {
    row: 1,
    name: 'a token bound to a key, without a proof of it',
    hold: (refresh) => withRequest(withFacts(refresh, { boundKey: 'a key' }), { proofKey: undefined }),
    answer: 'unknown_token',
  },
  {
    row: 3,
    name: 'a rotated token outside the overlap',
    hold: (refresh) =>
      withFacts(refresh, {
        token: { rotatedAt: refresh.facts.now - second, successorUnused: false, retries: 0 },
      }),
    answer: 'reuse_detected',
  },
  {
    row: 4,
    name: 'a family that ended earlier',
    hold(refresh) {
      const { family, now } = refresh.facts;
      return withFacts(refresh, { family: { ...family, end: { reason: 'revoked', at: now - 5 * second } } });
    },
    answer: 'revoked',
  },
  {
    row: 5,
    name: 'a disabled account',
    hold: (refresh) => withFacts(refresh, { account: { ...refresh.facts.account, disabled: true } }),
    answer: 'account_disabled',
  },
  {
    row: 5,
    name: 'a disabled client',
    hold: (refresh) =>
      withFacts(refresh, {
        configuration: configurationOf({ ...parts, clients: [client('shop', { disabled: true })] }),
      }),
    answer: 'client_disabled',
  },
  {
    row: 5,
    name: 'a deleted client',
    hold: (refresh) => withFacts(refresh, { configuration: configurationOf({ ...parts, clients: [] }) }),
    answer: 'client_disabled',
  },
  {
    row: 6,
    name: 'an absolute limit that is over',
    hold(refresh) {
      const { family, now } = refresh.facts;
      const startedAt = now - memberLimits.refresh_absolute * second;
      return withFacts(refresh, { family: { ...family, startedAt } });
    },
    answer: 'absolute_timeout',
  },
  {
    row: 7,
    name: 'an idle limit that is over',
    hold(refresh) {
      const { family, session, now } = refresh.facts;
      const lastActivityAt = now - memberLimits.refresh_idle * second;
      return withFacts(refresh, {
        family: { ...family, lastActivityAt },
        session: session && { ...session, lastActivityAt },
      });
    },
    answer: 'idle_timeout',
  },
  {
    row: 8,
    name: 'a session that ended',
    hold(refresh) {
      const { session, now } = refresh.facts;
      return withFacts(refresh, {
        session: session && { ...session, end: { reason: 'signed_out', at: now } },
      });
    },
    answer: 'signed_out',
  },
  {
    row: 8,
    name: 'a session that is gone from the store',
    hold: (refresh) => withFacts(refresh, { session: undefined }),
    answer: 'session_ended',
  },
  {
    row: 9,
    name: 'a policy that always wants MFA',
    hold(refresh) {
      const { account } = refresh.facts;
      return withFacts(refresh, { account: { ...account, roles: [...account.roles, 'guarded'] } });
    },
    answer: 'mfa_required',
  },
  {
    row: 10,
    name: 'a named scope whose role is gone',
    hold(refresh) {
      const { family } = refresh.facts;
      const asked = withRequest(refresh, { scopes: ['openid', 'payments.write'] });
      return withFacts(asked, { family: { ...family, scopes: [...family.scopes, 'payments.write'] } });
    },
    answer: 'scope_withdrawn',
  },
  {
    row: 10,
    name: 'a named scope whose MFA is stale',
    hold(refresh) {
      const { family } = refresh.facts;
      const asked = withRequest(refresh, { scopes: ['openid', 'vault.open'] });
      return withFacts(asked, { family: { ...family, scopes: [...family.scopes, 'vault.open'] } });
    },
    answer: 'mfa_stale',
  },
  {
    row: 10,
    name: 'no scope that would be left',
    hold(refresh) {
      const { family } = refresh.facts;
      return withFacts(refresh, { family: { ...family, scopes: ['payments.write'] } });
    },
    answer: 'scope_withdrawn',
  },
];
