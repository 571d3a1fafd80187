import assert from 'node:assert/strict';
import type { LimitField, Limits } from '../../src/domain/policies.ts';
import { builtInDefaultPolicy } from '../../src/domain/policies.ts';
import {
  applicablePolicies,
  effectiveLimits,
  isStricter,
  limitsFor,
} from '../../src/policy/effective_limits.ts';
import type { LimitSubject } from '../../src/policy/list_policy_sources.ts';
import { client, configurationOf, policy } from './facts.ts';

const durations = [
  'access_token_ttl',
  'refresh_idle',
  'refresh_absolute',
  'refresh_overlap',
  'session_idle',
  'session_absolute',
  'mfa_max_age',
  'lease_max',
] as const;

describe('the stricter of two values', () => {
  const ladders: { [Field in LimitField]?: Limits[Field][] } = {
    ...Object.fromEntries([...durations, 'max_sessions'].map((field) => [field, [0, 1, 59, 60, 86_400]])),
    mfa: ['always', 'step_up', 'none'],
    mfa_phishing_resistant: [true, false],
    enrolment: ['invited', 'open'],
    activity: ['reported', 'any_refresh'],
  };
  for (const [field, ladder] of Object.entries(ladders) as [LimitField, Limits[LimitField][]][]) {
    it(`of ${field} goes by the ladder ${ladder.join(' > ')}`, () => {
      for (const [i, a] of ladder.entries()) {
        for (const [j, b] of ladder.entries()) assert.equal(isStricter(field, a, b), i < j, `${a} and ${b}`);
      }
    });
  }
});

describe('effective limits', () => {
  it('take each field from whichever policy is strictest in it, with its name and version', () => {
    const limits = effectiveLimits(
      [
        policy('a', { refresh_idle: 600, refresh_absolute: 7200, mfa: 'none', activity: 'reported' }, 4),
        policy('b', { refresh_idle: 900, refresh_absolute: 3600, mfa: 'always', activity: 'any_refresh' }, 9),
      ],
      builtInDefaultPolicy,
    );
    assert.deepEqual(limits.refresh_idle, { value: 600, policy: 'a', version: 4 });
    assert.deepEqual(limits.refresh_absolute, { value: 3600, policy: 'b', version: 9 });
    assert.deepEqual(limits.mfa, { value: 'always', policy: 'b', version: 9 });
    assert.deepEqual(limits.activity, { value: 'reported', policy: 'a', version: 4 });
  });

  for (const field of [...durations, 'max_sessions'] as const) {
    it(`take the smallest ${field}`, () => {
      const policies = [5, 3, 4].map((value) => policy(`p${value}`, { [field]: value }));
      assert.deepEqual(effectiveLimits(policies, builtInDefaultPolicy)[field], {
        value: 3,
        policy: 'p3',
        version: 1,
      });
    });
  }

  it('take a field that no policy sets from the policy default, with its version', () => {
    const fallback = { ...builtInDefaultPolicy, version: 12 };
    const limits = effectiveLimits([policy('a', { refresh_idle: 60 })], fallback);
    for (const field of Object.keys(builtInDefaultPolicy.limits) as LimitField[]) {
      if (field === 'refresh_idle') continue;
      assert.deepEqual(limits[field], {
        value: builtInDefaultPolicy.limits[field],
        policy: 'default',
        version: 12,
      });
    }
  });

  it('leave the policy default aside in a field that a policy sets, even less strictly', () => {
    const limits = effectiveLimits([policy('lax', { refresh_idle: 999_999 })], builtInDefaultPolicy);
    assert.deepEqual(limits.refresh_idle, { value: 999_999, policy: 'lax', version: 1 });
  });

  it('have a value for every field where nothing is set, not even by the policy default', () => {
    const limits = effectiveLimits([], policy('default', {}, 2));
    for (const field of Object.keys(builtInDefaultPolicy.limits) as LimitField[]) {
      assert.deepEqual(limits[field], {
        value: builtInDefaultPolicy.limits[field],
        policy: 'default',
        version: 2,
      });
    }
  });

  it('let a zero count as the strictest, not as unset', () => {
    const policies = [policy('a', { refresh_overlap: 10 }), policy('b', { refresh_overlap: 0 })];
    assert.equal(effectiveLimits(policies, builtInDefaultPolicy).refresh_overlap.value, 0);
  });

  it('name the first of several policies that are equally strict', () => {
    const policies = [policy('a', { refresh_idle: 60 }), policy('b', { refresh_idle: 60 })];
    assert.equal(effectiveLimits(policies, builtInDefaultPolicy).refresh_idle.policy, 'a');
  });
});

describe('the policies that apply', () => {
  const configuration = configurationOf({
    policies: ['role', 'client', 'resource', 'scope', 'default'].map((name, at) =>
      policy(name, { refresh_idle: 1000 - at * 100 }, at),
    ),
    roles: [
      { name: 'r', policy: 'role' },
      { name: 'plain' },
      { name: 'lost', policy: 'unknown' },
      { name: 'same', policy: 'client' },
    ],
    clients: [client('c', { policy: 'client' }), client('plain'), client('lost', { policy: 'unknown' })],
    resources: [
      { identifier: 'x', scopes: [], policy: 'resource' },
      { identifier: 'plain', scopes: [] },
      { identifier: 'lost', scopes: [], policy: 'unknown' },
    ],
    scopes: [{ name: 's', policy: 'scope' }, { name: 'plain' }, { name: 'lost', policy: 'unknown' }],
  });
  const cases: [what: string, subject: LimitSubject, names: string[]][] = [
    ['are none for nobody', {}, []],
    ["are a role's", { roles: ['r'] }, ['role']],
    ["are a client's", { clientIds: ['c'] }, ['client']],
    ["are a resource's", { resources: ['x'] }, ['resource']],
    ["are a scope's", { scopes: ['s'] }, ['scope']],
    [
      'are those of roles, clients, resources and scopes together',
      { scopes: ['s'], resources: ['x'], clientIds: ['c'], roles: ['r'] },
      ['role', 'client', 'resource', 'scope'],
    ],
    ['hold each policy once', { roles: ['same', 'same'], clientIds: ['c'] }, ['client']],
    ['are none where none is named', { roles: ['plain'], clientIds: ['plain'], scopes: ['plain'] }, []],
    ['are none for a resource without one', { resources: ['plain'] }, []],
    [
      'leave out what the configuration does not know',
      { roles: ['gone'], scopes: ['openid', 's'] },
      ['scope'],
    ],
    [
      'leave out a policy that is unknown',
      { roles: ['lost'], clientIds: ['lost'], resources: ['lost'], scopes: ['lost'] },
      [],
    ],
  ];
  for (const [what, subject, names] of cases) {
    it(what, () =>
      assert.deepEqual(
        applicablePolicies(configuration, subject).map(({ name }) => name),
        names,
      ),
    );
  }

  it('set the limits of the subject', () => {
    const subject = { roles: ['r'], clientIds: ['c'], resources: ['x'], scopes: ['s'] };
    assert.deepEqual(limitsFor(configuration, subject).refresh_idle, {
      value: 700,
      policy: 'scope',
      version: 3,
    });
  });

  it('set nothing where they are unknown: the policy default holds', () => {
    const limits = limitsFor(configuration, { roles: ['lost'], clientIds: ['gone'] });
    assert.deepEqual(limits.refresh_idle, { value: 600, policy: 'default', version: 4 });
  });

  it('fall back to the built-in default where the configuration has none', () => {
    const { refresh_idle: limit } = limitsFor(configurationOf({}), { roles: ['r'] });
    assert.deepEqual(limit, {
      value: builtInDefaultPolicy.limits.refresh_idle,
      policy: 'default',
      version: builtInDefaultPolicy.version,
    });
  });
});
