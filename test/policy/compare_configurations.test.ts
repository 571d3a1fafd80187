import assert from 'node:assert/strict';
import type {
  ClientDefinition,
  Configuration,
  DesiredConfiguration,
} from '../../src/domain/configuration.ts';
import { compareConfigurations } from '../../src/policy/compare_configurations.ts';
import type { Policy } from '../../src/domain/policies.ts';
import { client, configurationOf, policy } from './facts.ts';

const shopClient = client('shop', {
  metadata: { client_name: 'Shop', jwks: { keys: [{ kty: 'EC', crv: 'P-256' }] } },
  secretHash: Buffer.alloc(32, 1),
});
const current: Configuration = configurationOf({
  policies: [
    policy('default', { refresh_idle: 900 }, 5),
    policy('strict', { refresh_idle: 60, mfa: 'always' }, 2),
  ],
  roles: [{ name: 'member' }, { name: 'admin', policy: 'strict' }],
  scopes: [{ name: 'reports.read', description: 'Read reports' }],
  resources: [{ identifier: 'https://api.example', scopes: ['reports.read'] }],
  clients: [shopClient],
});
const compare = (desired: DesiredConfiguration) => compareConfigurations(current, desired);
type Entry = Pick<Policy, 'limits' | 'baselines'>;
const policiesWith = (name: string, entry: Entry) =>
  new Map<string, Entry>([...current.policies, [name, entry]]);
const shop = (more: Partial<ClientDefinition> = {}) => new Map([['shop', { ...shopClient, ...more }]]);

describe('the comparison of configurations', () => {
  it('finds nothing where all is the same', () => assert.deepEqual(compare(current), []));

  it('finds nothing where nothing is wanted', () => assert.deepEqual(compare({}), []));

  it('leaves the sections alone that are absent', () => {
    const differences = compare({ roles: new Map() });
    assert.deepEqual(new Set(differences.map(({ section }) => section)), new Set(['roles']));
  });

  it('finds what is added, with its fields', () =>
    assert.deepEqual(
      compare({
        policies: policiesWith('new', { limits: { mfa: 'none', refresh_idle: 5 }, baselines: ['nist'] }),
      }),
      [
        {
          section: 'policies',
          name: 'new',
          kind: 'added',
          fields: [
            { field: 'baselines', from: undefined, to: ['nist'] },
            { field: 'mfa', from: undefined, to: 'none' },
            { field: 'refresh_idle', from: undefined, to: 5 },
          ],
        },
      ],
    ));

  it('finds what is added without any field', () =>
    assert.deepEqual(compare({ roles: new Map([...current.roles, ['guest', { name: 'guest' }]]) }), [
      { section: 'roles', name: 'guest', kind: 'added', fields: [] },
    ]));

  it('finds what is removed', () =>
    assert.deepEqual(compare({ roles: new Map([['member', { name: 'member' }]]) }), [
      { section: 'roles', name: 'admin', kind: 'removed', fields: [] },
    ]));

  it('finds the fields that are changed, set and unset', () => {
    const strict = { limits: { refresh_idle: 30, activity: 'reported' as const }, baselines: [] };
    assert.deepEqual(compare({ policies: policiesWith('strict', strict) }), [
      {
        section: 'policies',
        name: 'strict',
        kind: 'changed',
        fields: [
          { field: 'activity', from: undefined, to: 'reported' },
          { field: 'mfa', from: 'always', to: undefined },
          { field: 'refresh_idle', from: 60, to: 30 },
        ],
      },
    ]);
  });

  it('never removes the policy default', () => {
    const differences = compare({ policies: new Map() });
    assert.deepEqual(differences, [{ section: 'policies', name: 'strict', kind: 'removed', fields: [] }]);
  });

  it('finds a change of the policy default', () => {
    const [difference] = compare({
      policies: policiesWith('default', { limits: { refresh_idle: 60 }, baselines: [] }),
    });
    assert.deepEqual(difference?.fields, [{ field: 'refresh_idle', from: 900, to: 60 }]);
  });

  const others: [section: string, desired: DesiredConfiguration, field: unknown][] = [
    [
      'roles',
      { roles: new Map([...current.roles, ['admin', { name: 'admin' }]]) },
      { field: 'policy', from: 'strict', to: undefined },
    ],
    [
      'scopes',
      {
        scopes: new Map([
          ['reports.read', { name: 'reports.read', description: 'Read reports', stepUp: {} }],
        ]),
      },
      { field: 'step_up', from: undefined, to: true },
    ],
    [
      'resources',
      { resources: new Map([['https://api.example', { identifier: 'https://api.example', scopes: [] }]]) },
      { field: 'scopes', from: ['reports.read'], to: [] },
    ],
    ['clients', { clients: shop({ trusted: true }) }, { field: 'trusted', from: undefined, to: true }],
    [
      'clients',
      { clients: shop({ refreshRotation: false }) },
      { field: 'refresh_rotation', from: undefined, to: false },
    ],
    [
      'clients',
      { clients: shop({ webOrigins: ['https://a.example'] }) },
      { field: 'web_origins', from: undefined, to: ['https://a.example'] },
    ],
    ['clients', { clients: shop({ policy: 'strict' }) }, { field: 'policy', from: undefined, to: 'strict' }],
  ];
  for (const [section, desired, field] of others) {
    it(`finds a change in ${section}: ${JSON.stringify(field)}`, () => {
      const differences = compare(desired);
      assert.equal(differences.length, 1);
      assert.equal(differences[0]?.section, section);
      assert.deepEqual(differences[0]?.fields, [field]);
    });
  }

  it('goes section by section in the order of the file', () => {
    const empty: DesiredConfiguration = {
      clients: new Map(),
      resources: new Map(),
      scopes: new Map(),
      roles: new Map(),
      policies: new Map(),
    };
    const order = [...new Set(compare(empty).map(({ section }) => section))];
    assert.deepEqual(order, ['policies', 'roles', 'scopes', 'resources', 'clients']);
  });

  it('says nothing of versions and of a disabled client: nobody configures them', () => {
    const policies = new Map([...current.policies].map(([name, entry]) => [name, { ...entry, version: 99 }]));
    assert.deepEqual(compare({ policies, clients: shop({ disabled: true }) }), []);
  });
});

describe('the order of keys in a configuration', () => {
  it('does not count, however deep', () => {
    const metadata = { jwks: { keys: [{ crv: 'P-256', kty: 'EC' }] }, client_name: 'Shop' };
    assert.deepEqual(compare({ clients: shop({ metadata }) }), []);
  });

  it('does not count between entries', () => {
    const roles = new Map([...current.roles].toReversed());
    assert.deepEqual(compare({ roles }), []);
  });

  it('hides no change deep inside', () => {
    const metadata = { client_name: 'Shop', jwks: { keys: [{ kty: 'EC', crv: 'P-384' }] } };
    const [difference] = compare({ clients: shop({ metadata }) });
    assert.deepEqual(
      difference?.fields.map(({ field }) => field),
      ['jwks'],
    );
  });
});

describe('a secret in the comparison', () => {
  const hash = Buffer.alloc(32, 2);
  const { secretHash: _, ...withoutSecret } = shopClient;
  const cases: [what: string, desired: DesiredConfiguration, kind: string][] = [
    ['changed', { clients: shop({ secretHash: hash }) }, 'changed'],
    ['taken away', { clients: new Map([['shop', withoutSecret]]) }, 'changed'],
    [
      'of a new client',
      { clients: new Map([...current.clients, ['new', client('new', { secretHash: hash })]]) },
      'added',
    ],
  ];
  for (const [what, desired, kind] of cases) {
    it(`is only said to be changed: ${what}`, () => {
      const differences = compare(desired);
      assert.deepEqual(
        differences.map((difference) => difference.kind),
        [kind],
      );
      assert.deepEqual(differences[0]?.fields, [{ field: 'secret', from: undefined, to: '(changed)' }]);
      const text = JSON.stringify(differences);
      for (const secret of [hash, Buffer.alloc(32, 1)]) {
        for (const encoding of ['hex', 'base64', 'base64url'] as const) {
          assert.ok(!text.includes(secret.toString(encoding)));
        }
      }
    });
  }

  it('is no difference while it stays the same', () =>
    assert.deepEqual(compare({ clients: shop({ secretHash: Buffer.alloc(32, 1) }) }), []));
});
