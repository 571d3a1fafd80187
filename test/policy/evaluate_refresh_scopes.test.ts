import assert from 'node:assert/strict';
import { evaluateRefresh } from '../../src/policy/evaluate_refresh.ts';
import {
  account,
  after,
  family,
  momentsAround,
  refreshFacts,
  refreshRequest,
  session,
  start,
} from './facts.ts';

interface Setting {
  scopes: string[];
  roles?: string[];
  /** Seconds since the family's own MFA; undefined: never proved. */
  mfaAge?: number;
  named?: string[];
}

function judge({ scopes, roles = ['member'], mfaAge, named }: Setting) {
  const { now } = refreshFacts();
  return evaluateRefresh(
    refreshFacts({
      account: account({ roles }),
      family: family({ scopes, ...(mfaAge === undefined ? {} : { mfaAt: now - mfaAge * 1_000_000 }) }),
    }),
    refreshRequest({ scopes: named }),
  );
}

const all = ['openid', 'reports.read', 'payments.write', 'vault.open'];

describe('a refresh that drops scopes', () => {
  const cases: [what: string, setting: Setting, granted: string[], dropped: string[]][] = [
    ['grants all that are still allowed', { scopes: all, roles: ['cashier'], mfaAge: 299 }, all, []],
    [
      'leaves out one whose role is gone',
      { scopes: all, mfaAge: 0 },
      ['openid', 'reports.read', 'vault.open'],
      ['payments.write'],
    ],
    [
      'leaves out one whose MFA is stale',
      { scopes: all, roles: ['cashier'], mfaAge: 300 },
      ['openid', 'reports.read', 'payments.write'],
      ['vault.open'],
    ],
    [
      'leaves out one whose MFA was never proved',
      { scopes: ['openid', 'vault.open'] },
      ['openid'],
      ['vault.open'],
    ],
    ['leaves out both', { scopes: all }, ['openid', 'reports.read'], ['payments.write', 'vault.open']],
    [
      'grants what is named, narrower than the family',
      { scopes: all, named: ['reports.read'] },
      ['reports.read'],
      [],
    ],
    [
      'never adds a scope that the family was not granted',
      { scopes: ['openid'], roles: ['cashier'] },
      ['openid'],
      [],
    ],
  ];
  for (const [what, setting, granted, dropped] of cases) {
    it(what, () => {
      const verdict = judge(setting);
      assert.ok(verdict.granted);
      assert.deepEqual([verdict.scopes, verdict.dropped], [granted, dropped]);
    });
  }

  it('never grants a named scope wider than the family', () => {
    const verdict = judge({ scopes: ['openid'], roles: ['cashier'], named: ['openid', 'payments.write'] });
    assert.ok(!(verdict.granted && verdict.scopes.includes('payments.write')));
  });

  it('grants the scope again when its role is back', () => {
    const scopes = ['openid', 'payments.write'];
    const granted = [['cashier'], [], ['cashier']].map((roles) => {
      const verdict = judge({ scopes, roles });
      return verdict.granted && verdict.scopes;
    });
    assert.deepEqual(granted, [scopes, ['openid'], scopes]);
  });

  for (const { when, now, over } of momentsAround(after(300))) {
    it(`${over ? 'drops' : 'keeps'} a scope of step-up ${when} its MFA is stale`, () => {
      const facts = refreshFacts({ now, family: family({ scopes: ['openid', 'vault.open'], mfaAt: start }) });
      const verdict = evaluateRefresh(facts, refreshRequest());
      assert.deepEqual(verdict.granted && verdict.dropped, over ? ['vault.open'] : []);
    });
  }
});

describe('a refresh that is refused for its scopes', () => {
  const cases: [what: string, setting: Setting, code: string][] = [
    ['names one whose role is gone', { scopes: all, named: ['payments.write'] }, 'scope_withdrawn'],
    [
      'names one whose role is gone, beside others',
      { scopes: all, named: ['openid', 'payments.write'] },
      'scope_withdrawn',
    ],
    ['names one whose MFA is stale', { scopes: all, named: ['vault.open'], mfaAge: 300 }, 'mfa_stale'],
    ['names one whose MFA was never proved', { scopes: all, named: ['openid', 'vault.open'] }, 'mfa_stale'],
    [
      'names all of the family',
      { scopes: ['openid', 'vault.open'], named: ['openid', 'vault.open'] },
      'mfa_stale',
    ],
    ['would have none left without its role', { scopes: ['payments.write'] }, 'scope_withdrawn'],
    ['would have none left without fresh MFA', { scopes: ['vault.open'], mfaAge: 300 }, 'mfa_stale'],
  ];
  for (const [what, setting, code] of cases) {
    it(`${what}: nothing ends`, () => assert.deepEqual(judge(setting), { granted: false, code }));
  }

  it('can be asked again without that scope', () => {
    const verdict = judge({ scopes: all, named: ['openid', 'reports.read'] });
    assert.deepEqual(verdict.granted && verdict.scopes, ['openid', 'reports.read']);
  });

  it('is lifted by no later activity or session, only by a family with an MFA of its own', () => {
    const stale = family({ scopes: ['vault.open'], mfaAt: start });
    const facts = refreshFacts({
      now: after(301),
      family: stale,
      session: session({ lastActivityAt: after(300) }),
    });
    assert.deepEqual(evaluateRefresh(facts, refreshRequest()), { granted: false, code: 'mfa_stale' });
    const stepped = { ...stale, mfaAt: after(300) };
    assert.equal(evaluateRefresh({ ...facts, family: stepped }, refreshRequest()).granted, true);
  });
});
