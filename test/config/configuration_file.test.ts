import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { builtInDefaultPolicy } from '../../src/domain/policies.ts';
import { environment, faultsOf, parse } from './parsing.test.ts';

const example = readFileSync(new URL('example.yaml', import.meta.url), 'utf8');
const { SHOP_SECRET: shopSecret, ADA_PASSWORD: adaPassword } = environment;

describe('the configuration file of the public surface', () => {
  it('is read whole, as apply wants it', () => {
    const { warnings, unresolved, digest, ...file } = parse(example);
    const desired: DesiredConfiguration = file;
    assert.deepEqual(desired, {
      policies: new Map([
        [
          'member',
          {
            limits: {
              access_token_ttl: 600,
              refresh_idle: 1800,
              refresh_absolute: 43_200,
              refresh_overlap: 10,
              session_idle: 1800,
              session_absolute: 43_200,
              mfa: 'step_up',
              mfa_max_age: 900,
              activity: 'any_refresh',
              max_sessions: 10,
            },
            baselines: ['nist-63b4-aal2'],
          },
        ],
        [
          'admin',
          {
            limits: {
              access_token_ttl: 300,
              refresh_idle: 600,
              refresh_absolute: 28_800,
              session_idle: 600,
              session_absolute: 28_800,
              mfa: 'always',
              mfa_max_age: 300,
            },
            baselines: [],
          },
        ],
        ['service', { limits: { access_token_ttl: 300 }, baselines: [] }],
      ]),
      roles: new Map([
        ['member', { name: 'member', policy: 'member' }],
        ['admin', { name: 'admin', policy: 'admin' }],
      ]),
      scopes: new Map([
        [
          'payments.write',
          {
            name: 'payments.write',
            description: 'Move money',
            roles: ['admin'],
            stepUp: { mfaMaxAge: 300 },
          },
        ],
        ['reports.read', { name: 'reports.read', description: 'Read reports' }],
      ]),
      resources: new Map([
        [
          'https://api.example.com',
          {
            identifier: 'https://api.example.com',
            scopes: ['payments.write', 'reports.read'],
            policy: 'member',
          },
        ],
      ]),
      clients: new Map([
        [
          'shop',
          {
            clientId: 'shop',
            metadata: {
              redirect_uris: ['https://shop.example.com/callback'],
              backchannel_logout_uri: 'https://shop.example.com/backchannel-logout',
              scope: 'openid profile offline_access payments.write',
              grant_types: ['authorization_code', 'refresh_token'],
              response_types: ['code'],
              token_endpoint_auth_method: 'client_secret_basic',
              id_token_signed_response_alg: 'ES256',
            },
            secretHash: createHash('sha256').update(shopSecret).digest(),
            policy: 'member',
            trusted: true,
            refreshRotation: true,
            webOrigins: ['https://shop.example.com'],
          },
        ],
      ]),
      users: [{ username: 'ada', roles: ['admin'], email: 'ada@example.com', password: adaPassword }],
    });
    assert.deepEqual(unresolved, []);
    assert.deepEqual(
      warnings.map(({ path }) => path),
      ['policies.member.activity'],
    );
    assert.match(digest, /^[0-9a-f]{64}$/);
  });

  it('names each secret that the environment lacks', () => {
    assert.deepEqual(faultsOf(example, {}), [
      'clients[0] (shop).client_secret_env: the environment variable SHOP_SECRET is not set',
      'users[0] (ada).password_env: the environment variable ADA_PASSWORD is not set',
    ]);
  });
});

describe('a section', () => {
  it('that is absent stays undefined, and one that is empty stays empty', () => {
    const file = parse('roles: {}\nusers: []');
    assert.deepEqual(Object.keys(file), ['roles', 'users', 'warnings', 'unresolved', 'digest']);
    assert.deepEqual([file.roles, file.users], [new Map(), []]);
  });

  it('without a value is a fault, since it would remove everything', () => {
    const message = (empty: string) =>
      `is empty: leave it out to change nothing, or write ${empty} to remove all`;
    assert.deepEqual(faultsOf('roles:\nclients:\nbranding:'), [
      `roles: ${message('{}')}`,
      `clients: ${message('[]')}`,
      'branding: is empty',
    ]);
  });
});

describe('the policy default of a file', () => {
  it('keeps the built-in value of what it does not set', () => {
    const { policies } = parse({ policies: { default: { refresh_idle: '20m' } } });
    const limits = { ...builtInDefaultPolicy.limits, refresh_idle: 1200 };
    assert.deepEqual(policies?.get('default'), { limits, baselines: [] });
  });
});

describe('faults of a file', () => {
  it('are all in one message, those of several sections and between them', () => {
    const faults = faultsOf(`
policies: { member: { refresh_idle: 30, mfa: sometimes, refresh_idel: 1m } }
roles: { member: { policy: membre } }
scopes: { openid: { description: Sign in }, pay: { roles: [clerk] } }
clients:
  - { client_id: shop, redirect_uris: ['http://shop.example.com'], client_secret_env: NO_SECRET, scope: openid buy }
  - { client_id: shop }
branding: { colour: red }
sessions: {}
`);
    assert.deepEqual(faults, [
      'sessions: is not a section; there are policies, roles, scopes, resources, clients, users, deviations, branding, rate_limits, delivery, audit, keys',
      'policies.member.refresh_idle: must be a duration such as 90s, 15m, 8h or 30d, at least 1s',
      'policies.member.mfa: must be one of none, step_up, always',
      'policies.member.refresh_idel: is not a key that Curfew knows here',
      'scopes.openid: is a scope of OpenID Connect, which is always there',
      'scopes.pay.description: is missing',
      'clients[0] (shop).client_secret_env: the environment variable NO_SECRET is not set',
      'clients[0] (shop).redirect_uris[0]: must be a URL with https, or http on localhost, 127.0.0.1 or [::1], ' +
        'or a private-use scheme with a dot in it; no fragment, user name or wildcard',
      'clients[1] (shop).client_id: is given twice',
      'clients[1] (shop).redirect_uris: must name at least one address: authorization_code is sent there',
      'branding.colour: is not a key that Curfew knows here',
      'roles.member.policy: there is no policy membre in policies',
      'scopes.pay.roles[0]: there is no role clerk in roles',
      'clients[0] (shop).scope: there is no scope buy in scopes',
    ]);
  });
});

describe('the digest of a file', () => {
  const digestOf = (file: unknown, env?: NodeJS.ProcessEnv) => parse(file, env).digest;

  it('is the same for another layout, comment or order of keys', () => {
    const turned = example.replace(
      /^( {4})(refresh_idle: .*)\n( {4}refresh_absolute: .*)$/m,
      '$3\n$1$2 # turned',
    );
    assert.notEqual(turned, example);
    assert.equal(digestOf(turned), digestOf(example));
  });

  it('is the same for a secret and for its hash', () => {
    const hash = createHash('sha256').update(shopSecret).digest('hex').toUpperCase();
    const hashed = example.replace('client_secret_env: SHOP_SECRET', `client_secret_sha256: ${hash}`);
    assert.equal(digestOf(hashed), digestOf(example));
  });

  const others: [what: string, file: string, env?: NodeJS.ProcessEnv][] = [
    ['value', example.replace('refresh_idle: 30m', 'refresh_idle: 31m')],
    ['absent section', example.replace(/^users:[^]*/m, '')],
    ['secret', example, { ...environment, SHOP_SECRET: 'another secret of the shop' }],
    ['password', example, { ...environment, ADA_PASSWORD: 'another password' }],
    ['missing password', example.replace(', password_env: ADA_PASSWORD', '')],
  ];
  for (const [what, file, env] of others) {
    it(`is another for another ${what}`, () => assert.notEqual(digestOf(file, env), digestOf(example)));
  }

  it('tells an absent section from an empty one', () => {
    assert.notEqual(digestOf({ roles: {} }), digestOf({ scopes: {} }));
    assert.notEqual(digestOf({ users: [] }), digestOf({ clients: [] }));
  });
});
