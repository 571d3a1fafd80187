import assert from 'node:assert/strict';
import type { Limits } from '../../src/domain/policies.ts';
import { evaluateStepUp } from '../../src/policy/evaluate_step_up.ts';
import type { StepUpQuestion, StepUpReason } from '../../src/policy/evaluate_step_up.ts';
import { after, configurationOf, limitsOf, momentsAround, start } from './facts.ts';

const configuration = configurationOf({
  scopes: [
    { name: 'reports.read' },
    { name: 'vault.open', stepUp: {} },
    { name: 'vault.close', stepUp: { mfaMaxAge: 120 } },
    { name: 'payments.write', roles: ['cashier'], stepUp: { mfaMaxAge: 60 } },
  ],
});

interface Setting extends Partial<StepUpQuestion> {
  limits?: Partial<Limits>;
  now?: number;
}

/** Signed in at `start`, asked 10 s later. */
function ask({ limits, now = after(10), ...question }: Setting): StepUpReason | undefined {
  const complete = {
    scopes: ['openid', 'reports.read'],
    roles: [],
    signedInAt: start,
    asksForMfa: false,
    hasMfaAcr: false,
    ...question,
  };
  return evaluateStepUp(
    configuration,
    limitsOf({ mfa: 'step_up', mfa_max_age: 300, ...limits }),
    complete,
    now,
  );
}

describe('a second factor', () => {
  const cases: [what: string, setting: Setting, reason: StepUpReason | undefined][] = [
    ['is not asked for by a scope without step-up', {}, undefined],
    ['is not asked for by the policy step_up alone', { limits: { mfa: 'step_up' } }, undefined],
    ['is asked for by a scope, if never proved', { scopes: ['vault.open'] }, 'scope'],
    ['is asked for by one scope of several', { scopes: ['openid', 'vault.open', 'reports.read'] }, 'scope'],
    ['is not asked for by a scope, if just proved', { scopes: ['vault.open'], mfaAt: after(9) }, undefined],
    [
      'is asked for by a scope although the policy says none',
      { scopes: ['vault.open'], limits: { mfa: 'none' } },
      'scope',
    ],
    ['is not asked for by a scope that the account may not have', { scopes: ['payments.write'] }, undefined],
    [
      'is asked for by a scope that the account has the role for',
      { scopes: ['payments.write'], roles: ['cashier'] },
      'scope',
    ],
    [
      'is not asked for by a scope that is unknown',
      { scopes: ['openid', 'offline_access', 'gone'] },
      undefined,
    ],
    ['is asked for by a policy that always wants it', { limits: { mfa: 'always' } }, 'policy'],
    ['is asked for by the request', { asksForMfa: true }, 'acr'],
    [
      'is asked for by the request although the policy says none',
      { asksForMfa: true, limits: { mfa: 'none' } },
      'acr',
    ],
    ['is asked for by the request until the session says so', { asksForMfa: true, mfaAt: after(9) }, 'acr'],
    [
      'is not asked for again by the request',
      { asksForMfa: true, hasMfaAcr: true, mfaAt: after(9) },
      undefined,
    ],
    ['is asked for by the request if nothing was proved', { asksForMfa: true, hasMfaAcr: true }, 'acr'],
    ['is not asked for by max_age alone', { maxAge: 0, mfaAt: after(1) }, undefined],
  ];
  for (const [what, setting, reason] of cases) it(what, () => assert.equal(ask(setting), reason));

  it('is asked for by the policy first, then by the request, then by a scope', () => {
    const all = { limits: { mfa: 'always' as const }, asksForMfa: true, scopes: ['vault.open'] };
    assert.equal(ask(all), 'policy');
    assert.equal(ask({ ...all, limits: {} }), 'acr');
    assert.equal(ask({ ...all, limits: {}, asksForMfa: false }), 'scope');
  });
});

describe('the age of a second factor', () => {
  const cases: [what: string, setting: Setting, age: number, reason: StepUpReason][] = [
    ['that the policies allow', { scopes: ['vault.open'] }, 300, 'scope'],
    ['that a scope allows', { scopes: ['vault.close'] }, 120, 'scope'],
    ['that the strictest of the scopes allows', { scopes: ['vault.open', 'vault.close'] }, 120, 'scope'],
    [
      'that the strictest of all scopes that the account may have allows',
      { scopes: ['vault.open', 'payments.write', 'vault.close'], roles: ['cashier'] },
      60,
      'scope',
    ],
    [
      'that the policies allow, less than the scope',
      { scopes: ['vault.close'], limits: { mfa_max_age: 30 } },
      30,
      'scope',
    ],
    ['that the request allows', { asksForMfa: true, hasMfaAcr: true, maxAge: 45 }, 45, 'acr'],
    [
      'that the policies allow, where the request says nothing',
      { asksForMfa: true, hasMfaAcr: true },
      300,
      'acr',
    ],
    [
      'that the policies allow, less than the request',
      { asksForMfa: true, hasMfaAcr: true, maxAge: 9999 },
      300,
      'acr',
    ],
    [
      'of an earlier sign-in that a policy allows which always wants one',
      { limits: { mfa: 'always' }, signedInAt: start + 1 },
      300,
      'policy',
    ],
  ];
  for (const [what, setting, age, reason] of cases) {
    for (const { when, now, over } of momentsAround(after(age))) {
      it(`is ${over ? 'over' : 'not over'} ${when} ${age} s, ${what}`, () =>
        assert.equal(ask({ ...setting, mfaAt: start, now }), over ? reason : undefined));
    }
  }

  for (const mfaAt of [start, start + 1, after(60)]) {
    it(`does not count where the sign-in had it ${mfaAt - start} µs after its start, and the policy always wants one`, () =>
      assert.equal(ask({ limits: { mfa: 'always' }, mfaAt, now: after(99_999) }), undefined));
  }

  it('counts for a scope, even where the sign-in had it', () =>
    assert.equal(
      ask({ limits: { mfa: 'always' }, scopes: ['vault.open'], mfaAt: start, now: after(300) }),
      'scope',
    ));
});

describe('a second factor that must be phishing-resistant', () => {
  const limits = { mfa_phishing_resistant: true } as const;
  const always = { ...limits, mfa: 'always' } as const;
  const code = { mfaAt: after(9) };
  const passkey = { mfaAt: after(9), phrAt: after(9) };
  const acr = { asksForMfa: true, hasMfaAcr: true };
  const cases: [what: string, setting: Setting, reason: StepUpReason | undefined][] = [
    ['is asked for by the policy after a code of this very sign-in', { limits: always, ...code }, 'policy'],
    ['is not asked for by the policy after a passkey', { limits: always, ...passkey }, undefined],
    ['is asked for by a scope after a code', { limits, scopes: ['vault.open'], ...code }, 'scope'],
    [
      'is not asked for by a scope after a passkey',
      { limits, scopes: ['vault.open'], ...passkey },
      undefined,
    ],
    ['is not asked for where nothing asks for a factor', { limits, ...code }, undefined],
    ['is asked for by a request for MFA after a code', { limits, ...acr, ...code }, 'acr'],
    ['is not asked for by a request for MFA after a passkey', { limits, ...acr, ...passkey }, undefined],
    ['is asked for by the request alone', { ...acr, asksForPhr: true, ...code }, 'acr'],
    ['is not asked for again by the request', { ...acr, asksForPhr: true, ...passkey }, undefined],
  ];
  for (const [what, setting, reason] of cases) it(what, () => assert.equal(ask(setting), reason));

  for (const { when, now, over } of momentsAround(after(300))) {
    const asked = { scopes: ['vault.open'], mfaAt: after(299), phrAt: start, now };
    it(`is ${over ? 'over' : 'not over'} ${when} 300 s after the passkey, whatever code came later`, () =>
      assert.equal(ask({ ...asked, limits }), over ? 'scope' : undefined));
  }
});
