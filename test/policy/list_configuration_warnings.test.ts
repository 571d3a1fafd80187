import assert from 'node:assert/strict';
import type { ClientDefinition, Configuration, ScopeDefinition } from '../../src/domain/configuration.ts';
import { listConfigurationWarnings } from '../../src/policy/list_configuration_warnings.ts';
import { client, configurationOf, policy } from './facts.ts';

const api = 'https://api.example';
const reports: ScopeDefinition = { name: 'reports.read', description: 'Read reports' };
const shop = (more: Partial<ClientDefinition> = {}) =>
  client('shop', { metadata: { scope: 'openid reports.read' }, ...more });

interface Parts {
  policies?: Parameters<typeof policy>[1][];
  scope?: Partial<ScopeDefinition>;
  clients?: ClientDefinition[];
  offers?: string[];
}

/** Roles `r0`, `r1`, … with a policy each, one scope, and whoever may ask for it. */
function configurationWith({
  policies = [],
  scope = {},
  clients = [shop()],
  offers = ['reports.read'],
}: Parts): Configuration {
  return configurationOf({
    policies: policies.map((limits, at) => policy(`p${at}`, limits)),
    roles: policies.map((_, at) => ({ name: `r${at}`, policy: `p${at}` })),
    scopes: [{ ...reports, ...scope }],
    resources: [{ identifier: api, scopes: offers }],
    clients,
  });
}
const warn = (parts: Parts, held: string[] = []) =>
  listConfigurationWarnings(configurationWith(parts), new Set(held));

describe('warnings of the whole configuration', () => {
  it('are none where all is well', () => {
    assert.deepEqual(warn({ policies: [{ refresh_idle: 60 }, { refresh_idle: 61 }] }), []);
  });

  it('tell of an idle limit above the absolute one of another policy', () => {
    const [first, ...others] = warn({ policies: [{ refresh_idle: 28_801, session_idle: 28_800 }] });
    assert.deepEqual(others, []);
    assert.deepEqual(first, {
      path: 'roles.r0',
      message:
        'refresh_idle of policy p0, 8 hours 1 second, never comes: refresh_absolute of policy default, 8 hours, ends it first',
    });
    assert.deepEqual(
      warn({ policies: [{ refresh_idle: 9, refresh_absolute: 8 }] }),
      [],
      'the file has told it',
    );
  });

  const forItself = { metadata: { scope: 'reports.read', grant_types: ['client_credentials'] } };
  const scopes: [what: string, parts: Parts, held: string[], why: RegExp | undefined][] = [
    ['that no resource offers', { offers: [] }, [], /no resource/],
    [
      'of the server itself',
      { offers: [], scope: { name: 'ssf.read' }, clients: [shop({ metadata: { scope: 'ssf.read' } })] },
      [],
      undefined,
    ],
    [
      'that no client may ask for',
      { clients: [shop({ metadata: { scope: 'openid reports.reader' } })] },
      [],
      /no client/,
    ],
    [
      'that only a client without a scope could ask for',
      { clients: [shop({ metadata: {} })] },
      [],
      /no client/,
    ],
    ['that only a disabled client may ask for', { clients: [shop({ disabled: true })] }, [], /no client/],
    ['of clients that act for themselves', { clients: [shop(forItself)] }, [], undefined],
    [
      'with step-up, of clients that act for themselves',
      { clients: [shop(forItself)], scope: { stepUp: {} } },
      [],
      /for people/,
    ],
    ['of a role that nobody has', { scope: { roles: ['admin'] } }, ['member'], /the role admin$/],
    ['of roles of which somebody has one', { scope: { roles: ['admin', 'member'] } }, ['member'], undefined],
    [
      'of roles that nobody has',
      { scope: { roles: ['admin', 'owner'] } },
      ['member'],
      /one of the roles admin, owner$/,
    ],
  ];
  for (const [what, parts, held, why] of scopes) {
    it(`${why ? 'tell' : 'do not tell'} of a scope ${what}`, () => {
      const warnings = warn(parts, held);
      assert.equal(warnings.length, why ? 1 : 0);
      if (why) assert.match(warnings[0]?.message ?? '', why);
    });
  }

  it('tell of roles that make no difference, and only where there are several', () => {
    const same = { refresh_idle: 60 };
    assert.deepEqual(warn({ policies: [same, same] }), [
      { path: 'roles', message: 'all 2 have the same limits' },
    ]);
    assert.deepEqual(warn({ policies: [{ refresh_idle: 900 }, {}] }).length, 1, 'as default has it');
    assert.deepEqual(warn({ policies: [same] }), []);
  });
});
