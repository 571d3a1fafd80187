import assert from 'node:assert/strict';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { Difference, Direction, Section } from '../../src/policy/compare_configurations.ts';
import { weighDifferences } from '../../src/policy/weigh_differences.ts';
import { configurationOf, policy } from './facts.ts';

const current: Configuration = configurationOf({
  policies: [
    policy('default', { refresh_idle: 900, mfa: 'step_up', mfa_max_age: 300 }),
    policy('long', { refresh_idle: 1800 }),
    policy('short', { refresh_idle: 60, mfa: 'always' }),
    policy('other', { refresh_idle: 60, mfa: 'none' }),
  ],
  roles: [],
  scopes: [],
  resources: [],
  clients: [],
});

function weigh(section: Section, field: string, from: unknown, to: unknown, next = current) {
  const difference: Difference = { section, name: 'one', kind: 'changed', fields: [{ field, from, to }] };
  return weighDifferences(current, next, [difference])[0]?.fields[0]?.direction;
}

describe('a change', () => {
  const cases: [section: Section, field: string, from: unknown, to: unknown, direction?: Direction][] = [
    ['policies', 'refresh_idle', 60, 59, 'stricter'],
    ['policies', 'refresh_idle', 59, 60, 'looser'],
    ['policies', 'max_sessions', 5, 6, 'looser'],
    ['policies', 'mfa', 'none', 'always', 'stricter'],
    ['policies', 'activity', 'reported', 'any_refresh', 'looser'],
    ['policies', 'refresh_idle', undefined, 899, 'stricter'],
    ['policies', 'refresh_idle', undefined, 900],
    ['policies', 'refresh_idle', undefined, 901, 'looser'],
    ['policies', 'refresh_idle', 60, undefined, 'looser'],
    ['policies', 'baselines', undefined, ['nist']],
    ['roles', 'policy', undefined, 'long', 'looser'],
    ['roles', 'policy', 'long', 'short', 'stricter'],
    ['roles', 'policy', undefined, 'other', 'mixed'],
    ['clients', 'policy', 'short', undefined, 'looser'],
    ['scopes', 'roles', undefined, ['admin'], 'stricter'],
    ['scopes', 'roles', ['admin'], undefined, 'looser'],
    ['scopes', 'roles', ['admin', 'member'], ['admin'], 'stricter'],
    ['scopes', 'roles', ['admin'], ['member'], 'mixed'],
    ['scopes', 'step_up', undefined, true, 'stricter'],
    ['scopes', 'step_up', true, { mfa_max_age: 60 }, 'stricter'],
    ['scopes', 'step_up', { mfa_max_age: 60 }, { mfa_max_age: 61 }, 'looser'],
    ['scopes', 'step_up', true, undefined, 'looser'],
    ['scopes', 'description', 'a', 'b'],
    ['clients', 'scope', 'openid email', 'openid', 'stricter'],
    ['clients', 'scope', 'openid email', 'email openid'],
    ['clients', 'grant_types', ['authorization_code'], ['authorization_code', 'refresh_token'], 'looser'],
    ['clients', 'token_endpoint_auth_method', 'client_secret_post', 'client_secret_basic'],
    ['clients', 'token_endpoint_auth_method', 'private_key_jwt', 'client_secret_basic', 'looser'],
    ['clients', 'dpop_bound_access_tokens', undefined, true, 'stricter'],
    ['clients', 'dpop_bound_access_tokens', undefined, false],
    ['clients', 'trusted', true, undefined, 'stricter'],
    ['clients', 'refresh_rotation', undefined, false, 'looser'],
    ['clients', 'lease', undefined, true, 'looser'],
    ['clients', 'default_max_age', undefined, 60, 'stricter'],
    ['clients', 'client_name', 'a', 'b'],
    ['clients', 'constructor', 'a', 'b'],
    ['delivery', 'allowed_networks', undefined, ['10.0.0.0/8'], 'looser'],
    ['rate_limits', 'sign_in_address', undefined, { most: 59, seconds: 600 }, 'stricter'],
    ['rate_limits', 'sign_in_address', { most: 5, seconds: 60 }, { most: 5, seconds: 30 }, 'looser'],
    ['rate_limits', 'sign_in_address', { most: 5, seconds: 60 }, { most: 4, seconds: 30 }, 'mixed'],
    ['audit', 'retention', 1, 2],
    ['keys', 'rotate_every', undefined, 89 * 86_400, 'stricter'],
    ['keys', 'rotate_every', 60, undefined, 'looser'],
    ['keys', 'jwks_max_age', 60, 90],
  ];
  for (const [section, field, from, to, direction] of cases) {
    it(`of ${section}: ${field} from ${JSON.stringify(from)} to ${JSON.stringify(to)} is ${direction ?? 'neither'}`, () => {
      assert.equal(weigh(section, field, from, to), direction);
    });
  }

  it('is weighed by the policies of its own side', () => {
    const next = {
      ...current,
      policies: new Map([...current.policies, ['long', policy('long', { refresh_idle: 5 })]]),
    };
    assert.equal(weigh('roles', 'policy', undefined, 'long', next), 'stricter');
    const looser = {
      ...current,
      policies: new Map([...current.policies, ['default', policy('default', {})]]),
    };
    assert.equal(weigh('policies', 'refresh_idle', 901, undefined, looser), 'stricter');
  });

  it('that adds or removes something whole is not weighed', () => {
    const whole: Difference[] = (['added', 'removed'] as const).map((kind) => ({
      section: 'policies',
      name: 'one',
      kind,
      fields: [{ field: 'refresh_idle', from: undefined, to: 1 }],
    }));
    assert.deepEqual(weighDifferences(current, current, whole), whole);
  });
});
