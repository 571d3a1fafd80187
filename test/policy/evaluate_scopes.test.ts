import assert from 'node:assert/strict';
import { evaluateScopes, hasScopeRole, scopeMfaMaxAge } from '../../src/policy/evaluate_scopes.ts';
import type { ScopeQuestion } from '../../src/policy/evaluate_scopes.ts';
import { after, configurationOf, limitsOf, momentsAround, start } from './facts.ts';

const configuration = configurationOf({
  scopes: [
    { name: 'reports.read' },
    { name: 'payments.write', roles: ['cashier', 'owner'] },
    { name: 'vault.open', stepUp: {} },
    { name: 'vault.close', stepUp: { mfaMaxAge: 120 } },
    { name: 'vault.move', roles: ['owner'], stepUp: { mfaMaxAge: 900 } },
  ],
});
const limits = limitsOf({ mfa_max_age: 300 });
const ask = (question: Partial<ScopeQuestion>, now = after(0)) =>
  evaluateScopes(configuration, limits, { scopes: [], roles: [], ...question }, now);

describe('the role of a scope', () => {
  const cases: [scope: string, roles: string[], has: boolean][] = [
    ['reports.read', [], true],
    ['reports.read', ['owner'], true],
    ['payments.write', [], false],
    ['payments.write', ['member'], false],
    ['payments.write', ['cashier'], true],
    ['payments.write', ['member', 'owner'], true],
    ['openid', [], true],
  ];
  for (const [scope, roles, has] of cases) {
    it(`is ${has ? 'there' : 'missing'} for ${scope} with [${roles.join(', ')}]`, () => {
      assert.equal(hasScopeRole(configuration, scope, roles), has);
      const { granted, withdrawn } = ask({ scopes: [scope], roles });
      assert.deepEqual([granted, withdrawn], has ? [[scope], []] : [[], [scope]]);
    });
  }
});

describe('the longest age of an MFA', () => {
  const cases: [scope: string, policies: number, age: number | undefined][] = [
    ['reports.read', 300, undefined],
    ['openid', 300, undefined],
    ['vault.open', 300, 300],
    ['vault.close', 300, 120],
    ['vault.close', 60, 60],
    ['vault.close', 120, 120],
    ['vault.move', 300, 300],
    ['vault.move', 900, 900],
    ['vault.move', 901, 900],
  ];
  for (const [scope, policies, age] of cases) {
    it(`is ${age ?? 'not asked'} for ${scope} where the policies say ${policies}`, () =>
      assert.equal(scopeMfaMaxAge(configuration, limitsOf({ mfa_max_age: policies }), scope), age));
  }

  it('is not weakened by a policy that asks for no MFA', () =>
    assert.equal(
      scopeMfaMaxAge(configuration, limitsOf({ mfa: 'none', mfa_max_age: 300 }), 'vault.open'),
      300,
    ));
});

describe('the MFA of a scope', () => {
  const ages: [scope: string, age: number][] = [
    ['vault.open', 300],
    ['vault.close', 120],
    ['vault.move', 300],
  ];
  for (const [scope, age] of ages) {
    for (const { when, now, over } of momentsAround(after(age))) {
      it(`is ${over ? 'stale' : 'fresh'} for ${scope} ${when} its age reaches ${age} s`, () => {
        const answer = ask({ scopes: [scope], roles: ['owner'], mfaAt: start }, now);
        assert.deepEqual(answer, {
          granted: over ? [] : [scope],
          withdrawn: [],
          stale: over ? [scope] : [],
        });
      });
    }
  }

  it('is stale where it was never proved', () =>
    assert.deepEqual(ask({ scopes: ['vault.open'] }).stale, ['vault.open']));

  it('is not asked for by a scope without step-up', () =>
    assert.deepEqual(ask({ scopes: ['reports.read'] }).granted, ['reports.read']));
});

describe('scopes asked for together', () => {
  const scopes = ['openid', 'vault.close', 'payments.write', 'vault.open', 'reports.read'];

  it('are judged one by one, in their order', () =>
    assert.deepEqual(ask({ scopes, roles: [], mfaAt: start }, after(120)), {
      granted: ['openid', 'vault.open', 'reports.read'],
      withdrawn: ['payments.write'],
      stale: ['vault.close'],
    }));

  it('may each have an age of its own', () => {
    const question = { scopes: ['vault.close', 'vault.open'], mfaAt: start };
    assert.deepEqual(ask(question, after(120) - 1).granted, ['vault.close', 'vault.open']);
    assert.deepEqual(ask(question, after(120)).granted, ['vault.open']);
    assert.deepEqual(ask(question, after(300)).granted, []);
  });

  it('are withdrawn rather than stale where both the role and the MFA are missing', () =>
    assert.deepEqual(ask({ scopes: ['vault.move'] }), { granted: [], withdrawn: ['vault.move'], stale: [] }));

  it('are never added to', () =>
    assert.deepEqual(ask({ scopes: [], roles: ['owner'], mfaAt: start }), {
      granted: [],
      withdrawn: [],
      stale: [],
    }));
});
