import assert from 'node:assert/strict';
import type { RefusalReason } from '../../src/domain/reasons.ts';
import { evaluateCodeExchange } from '../../src/policy/evaluate_code_exchange.ts';
import type { CodeExchangeFacts } from '../../src/policy/evaluate_code_exchange.ts';
import {
  account,
  after,
  client,
  configurationOf,
  memberLimits,
  momentsAround,
  parts,
  policy,
  session,
  start,
} from './facts.ts';

const exchange = (more: Partial<CodeExchangeFacts> = {}): CodeExchangeFacts => ({
  now: after(10),
  configuration: configurationOf(parts),
  account: account(),
  session: session(),
  consumed: false,
  clientId: 'shop',
  bound: true,
  scopes: ['openid', 'reports.read'],
  resources: [],
  lastActivityAt: start,
  ...more,
});

function codeOf(facts: CodeExchangeFacts): RefusalReason | 'granted' {
  const verdict = evaluateCodeExchange(facts);
  return verdict.granted ? 'granted' : verdict.code;
}

type Row = [
  row: string,
  change: (facts: CodeExchangeFacts) => Partial<CodeExchangeFacts>,
  code: RefusalReason,
];
/** In the order of the table of verdicts; of two that hold together the earlier wins. */
const rows: Row[] = [
  ['a code used before', () => ({ consumed: true }), 'code_reused'],
  [
    '5: a disabled account',
    (facts) => ({ account: { ...facts.account, disabled: true } }),
    'account_disabled',
  ],
  [
    '5: a disabled client',
    () => ({ configuration: configurationOf({ ...parts, clients: [client('shop', { disabled: true })] }) }),
    'client_disabled',
  ],
  [
    '7: an idle limit that is over',
    ({ now, session: current }) => {
      const lastActivityAt = now - 1_800_000_000;
      return { lastActivityAt, session: session({ ...current, lastActivityAt }) };
    },
    'idle_timeout',
  ],
  [
    '8: a session that ended',
    ({ session: current, now }) => ({
      session: session({ ...current, end: { reason: 'signed_out', at: now } }),
    }),
    'signed_out',
  ],
  [
    '9: MFA that is always wanted',
    (facts) => ({ account: { ...facts.account, roles: ['member', 'guarded'] } }),
    'mfa_required',
  ],
  ['10: scopes that all lost their role', () => ({ scopes: ['payments.write'] }), 'scope_withdrawn'],
];

describe('the exchange of a code', () => {
  it('is granted with the limits and scopes of now', () => {
    const verdict = evaluateCodeExchange(exchange());
    assert.ok(verdict.granted);
    assert.deepEqual(verdict.scopes, ['openid', 'reports.read']);
    assert.deepEqual(verdict.limits.family.refresh_idle, { value: 1800, policy: 'member', version: 3 });
    assert.deepEqual(verdict.limits.session.session_idle, { value: 3600, policy: 'member', version: 3 });
  });

  for (const [at, [first, change, code]] of rows.entries()) {
    it(`is refused with ${code} by row ${first}`, () => {
      const facts = exchange();
      assert.equal(codeOf({ ...facts, ...change(facts) }), code);
    });
    for (const [second, changeToo] of rows.slice(at + 1)) {
      if (first.startsWith('5') && second.startsWith('5')) continue;
      it(`is refused with ${code} by row ${first}, rather than by row ${second}`, () => {
        const facts = exchange();
        const once = { ...facts, ...changeToo(facts) };
        const both = { ...once, ...change(once) };
        assert.equal(codeOf(both), code);
      });
    }
  }

  it('is refused with client_disabled where the client is gone', () =>
    assert.equal(codeOf(exchange({ clientId: 'gone' })), 'client_disabled'));

  for (const { when, now, over } of momentsAround(after(1800))) {
    it(`is ${over ? 'refused' : 'granted'} ${when} the idle limit since the last activity`, () => {
      const code = codeOf(exchange({ now, bound: false }));
      assert.equal(code, over ? 'idle_timeout' : 'granted');
    });
  }

  for (const { when, now, over } of momentsAround(after(43_200))) {
    it(`is ${over ? 'refused' : 'granted'} ${when} the absolute limit of the session`, () => {
      const lastActivityAt = after(43_000);
      const code = codeOf(exchange({ now, lastActivityAt, session: session({ lastActivityAt }) }));
      assert.equal(code, over ? 'absolute_timeout' : 'granted');
    });
  }

  it('begins the absolute limit of the family now, not at the last activity', () => {
    const brief = policy('member', { ...memberLimits, refresh_absolute: 60 });
    const configuration = configurationOf({ ...parts, policies: [brief] });
    assert.equal(codeOf(exchange({ configuration, bound: false, now: after(100) })), 'granted');
  });

  it('is refused with session_ended for a bound family whose session is gone', () =>
    assert.equal(codeOf(exchange({ session: undefined })), 'session_ended'));

  for (const gone of [undefined, session({ end: { reason: 'signed_out', at: after(5) } })]) {
    it(`is granted for an offline family whose session is ${gone ? 'signed out' : 'gone'}`, () =>
      assert.equal(codeOf(exchange({ bound: false, session: gone })), 'granted'));
  }

  it('is told the end of its session', () => {
    const end = { reason: 'replaced', at: after(5) } as const;
    assert.deepEqual(evaluateCodeExchange(exchange({ session: session({ end }) })), {
      granted: false,
      code: 'replaced',
      end,
    });
  });

  it('is granted with any MFA where the policy always wants one', () => {
    const roles = ['member', 'guarded'];
    assert.equal(codeOf(exchange({ account: account({ roles }), mfaAt: after(-9999) })), 'granted');
  });

  for (const { when, now, over } of momentsAround(after(300))) {
    it(`grants ${over ? 'no scope' : 'a scope'} of step-up ${when} its MFA is stale`, () => {
      const verdict = evaluateCodeExchange(exchange({ now, mfaAt: start, scopes: ['openid', 'vault.open'] }));
      assert.deepEqual(verdict.granted && verdict.scopes, over ? ['openid'] : ['openid', 'vault.open']);
    });
  }

  it('grants no scope whose role is gone', () => {
    const verdict = evaluateCodeExchange(exchange({ scopes: ['openid', 'payments.write'] }));
    assert.deepEqual(verdict.granted && verdict.scopes, ['openid']);
  });

  it('is refused with mfa_stale where no scope would be left', () =>
    assert.equal(codeOf(exchange({ scopes: ['vault.open'] })), 'mfa_stale'));

  it('follows the policies of the resources and scopes of the code', () => {
    const resources = ['https://reporting.example'];
    const verdict = evaluateCodeExchange(exchange({ resources }));
    assert.equal(verdict.granted && verdict.limits.family.activity.value, 'reported');
    assert.equal(verdict.granted && verdict.limits.session.activity.value, 'any_refresh');
  });
});
