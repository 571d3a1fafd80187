import assert from 'node:assert/strict';
import { faultsOf, parse } from './parsing.test.ts';

describe('policies of a file', () => {
  const durations: [text: string, seconds: number][] = [
    ['1s', 1],
    ['90s', 90],
    ['15m', 900],
    ['8h', 28_800],
    ['30d', 2_592_000],
    ['18250d', 1_576_800_000],
  ];
  for (const [text, seconds] of durations) {
    it(`read ${text} as ${seconds} seconds`, () => {
      const { policies } = parse({ policies: { a: { refresh_idle: text, mfa_max_age: text } } });
      assert.deepEqual(policies?.get('a')?.limits, { refresh_idle: seconds, mfa_max_age: seconds });
    });
  }

  it('may have no overlap and no lease', () => {
    const { policies } = parse({ policies: { a: { refresh_overlap: '0s', lease_max: '0s' } } });
    assert.deepEqual(policies?.get('a')?.limits, { refresh_overlap: 0, lease_max: 0 });
  });

  const refused: [policy: unknown, fault: string | RegExp][] = [
    [null, 'policies.a: is empty'],
    ['strict', 'policies.a: must be a mapping of keys to values'],
    ...['0s', '0d', '-1s', '1', '1.5h', '1w', '1H', ' 1h', '1h30m', '', 30, true].map(
      (duration): [unknown, RegExp] => [
        { session_idle: duration },
        /^policies\.a\.session_idle: must be a duration such as 90s, 15m, 8h or 30d, at least 1s$/,
      ],
    ),
    [{ session_idle: '18251d' }, 'policies.a.session_idle: must be at most 50 years'],
    [{ session_idle: null }, 'policies.a.session_idle: is empty'],
    [{ refresh_overlap: 0 }, /refresh_overlap: must be a duration .* at least 0s$/],
    [{ mfa: true }, 'policies.a.mfa: must be one of none, step_up, always'],
    [{ activity: 'all' }, 'policies.a.activity: must be one of any_refresh, reported'],
    [{ max_sessions: 0 }, 'policies.a.max_sessions: must be at least 1'],
    [{ max_sessions: 1.5 }, 'policies.a.max_sessions: must be a whole number'],
    [{ max_sessions: '5' }, 'policies.a.max_sessions: must be a number'],
    [{ baselines: 'nist' }, 'policies.a.baselines: must be a list'],
    [{ baselines: ['nist', 'nist'] }, 'policies.a.baselines[1]: is given twice'],
    [{ access_token_TTL: '5m' }, 'policies.a.access_token_TTL: is not a key that Curfew knows here'],
  ];
  for (const [policy, fault] of refused) {
    it(`refuse ${JSON.stringify(policy)}`, () => expectFault({ policies: { a: policy } }, fault));
  }

  for (const name of ['', ' a', 'a b', '-a', '_a', 'ä', 'a'.repeat(101), 'a\nb']) {
    it(`refuse the name ${JSON.stringify(name)}`, () => {
      expectFault({ policies: { [name]: {} } }, /^policies\.[!-~]*: must be a name of at most 100 letters/);
    });
  }
});

describe('scopes of a file', () => {
  it('may need a step-up with or without an age of their own', () => {
    const scope = (step_up: unknown) => ({ description: 'Pay', step_up });
    const { scopes } = parse({ scopes: { a: scope(true), b: scope({}), c: scope({ mfa_max_age: '5m' }) } });
    const stepUps = [...(scopes?.values() ?? [])].map(({ stepUp }) => stepUp);
    assert.deepEqual(stepUps, [{}, {}, { mfaMaxAge: 300 }]);
  });

  it('may have any name that RFC 6749 allows', () => {
    const names = ['a', 'https://example.com/a', 'a:b', "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", '1'];
    const { scopes } = parse({
      scopes: Object.fromEntries(names.map((name) => [name, { description: 'A' }])),
    });
    assert.deepEqual(new Set(scopes?.keys()), new Set(names));
  });

  for (const name of [
    'a b',
    'a"b',
    'a\\b',
    'é',
    '',
    'openid',
    'profile',
    'email',
    'address',
    'phone',
    'offline_access',
  ]) {
    it(`refuse the name ${JSON.stringify(name)}`, () => {
      expectFault(
        { scopes: { [name]: { description: 'A' } } },
        /^scopes[^ ]*: (must be a scope|is a scope of OpenID)/,
      );
    });
  }

  const refused: [scope: object, fault: string | RegExp][] = [
    [{}, 'scopes.a.description: is missing'],
    [{ description: '' }, 'scopes.a.description: must have at least 1 characters'],
    [{ description: 'two\nlines' }, 'scopes.a.description: must be one line without control characters'],
    [{ description: 'turned \u202e' }, 'scopes.a.description: must be one line without control characters'],
    [{ description: 'A', roles: [] }, 'scopes.a.roles: must name a role; leave it out for every account'],
    [{ description: 'A', roles: 'admin' }, 'scopes.a.roles: must be a list'],
    [{ description: 'A', step_up: false }, /^scopes\.a\.step_up: must be true, or/],
    [{ description: 'A', step_up: { mfa_max_age: '0s' } }, /^scopes\.a\.step_up: must be true, or/],
    [
      { description: 'A', step_up: { max_age: '5m' } },
      'scopes.a.step_up.max_age: is not a key that Curfew knows here',
    ],
  ];
  for (const [scope, fault] of refused) {
    it(`refuse ${JSON.stringify(scope)}`, () => expectFault({ scopes: { a: scope } }, fault));
  }
});

describe('resources of a file', () => {
  for (const identifier of [
    'https://api.example.com',
    'https://api.example.com/v1?tenant=1',
    'urn:example:api',
  ]) {
    it(`may be ${identifier}`, () => {
      const { resources } = parse({ resources: { [identifier]: { scopes: [] } } });
      assert.deepEqual(resources?.get(identifier), { identifier, scopes: [] });
    });
  }

  for (const identifier of [
    'api',
    '/api',
    'https://api.example.com#a',
    'https://api.example.com/ a',
    'https://',
  ]) {
    it(`refuse ${identifier}`, () => {
      expectFault(
        { resources: { [identifier]: { scopes: [] } } },
        /: must be an absolute URI without a fragment$/,
      );
    });
  }

  it('must say their scopes, none of them of OpenID Connect', () => {
    expectFault({ resources: { 'urn:a': {} } }, 'resources.urn:a.scopes: is missing');
    expectFault(
      { resources: { 'urn:a': { scopes: ['openid'] } } },
      /^resources\.urn:a\.scopes\[0\]: is a scope of OpenID/,
    );
  });
});

describe('users of a file', () => {
  it('may lack everything but a name', () => {
    assert.deepEqual(parse({ users: [{ username: 'Zoë +1' }] }).users, [{ username: 'Zoë +1' }]);
  });

  const refused: [users: unknown[], env: NodeJS.ProcessEnv, fault: string | RegExp][] = [
    [[{}], {}, 'users[0].username: is missing'],
    [['ada'], {}, 'users[0]: must be a mapping of keys to values'],
    [[{ username: 'a'.repeat(201) }], {}, 'users[0].username: must have at most 200 characters'],
    [[{ username: ' ada' }], {}, /^users\[0\]\.username: must not begin or end with a space$/],
    [[{ username: 'a\u200bb' }], {}, 'users[0].username: must be printable'],
    [[{ username: 'ada' }, { username: 'Ada' }], {}, 'users[1] (Ada).username: is given twice'],
    [[{ username: 'ada', email: 'ada' }], {}, 'users[0] (ada).email: must be an e-mail address'],
    [[{ username: 'ada', roles: ['a', 'a'] }], {}, 'users[0] (ada).roles[1]: is given twice'],
    [
      [{ username: 'ada', password: 'hunter22' }],
      {},
      /^users\[0\] \(ada\)\.password: has no place in a file: .* password_env$/,
    ],
    [[{ username: 'ada', password_env: 'P' }], { P: 'hunter2' }, /variable P has fewer than 8 characters$/],
    [[{ username: 'ada', password_env: 'P' }], { P: '' }, /variable P is not set$/],
    [
      [{ username: 'ada', password_env: 'hunter22' }],
      {},
      /password_env: must be the name of an environment variable/,
    ],
  ];
  for (const [users, env, fault] of refused) {
    it(`refuse ${JSON.stringify(users)} with ${JSON.stringify(env)}`, () =>
      expectFault({ users }, fault, env));
  }
});

describe('branding of a file', () => {
  it('has a name and a logo', () => {
    const { branding } = parse({ branding: { name: 'Acme', logo_uri: 'https://example.com/logo.svg' } });
    assert.deepEqual(branding, { name: 'Acme', logoUri: 'https://example.com/logo.svg' });
    assert.deepEqual(parse({ branding: {} }).branding, {});
  });

  for (const uri of [
    'javascript:alert(1)',
    'data:image/png;base64,AA',
    'http://example.com/logo.svg',
    '/logo.svg',
  ]) {
    it(`refuses the logo ${uri}`, () =>
      expectFault({ branding: { logo_uri: uri } }, /^branding\.logo_uri: must be a URL/));
  }
});

describe('the audit trail of a file', () => {
  it('may be kept for as long as a duration says', () => {
    assert.deepEqual(parse({ audit: { retention: '400d' } }).audit, { retention: 400 * 86_400 });
    assert.deepEqual(parse({ audit: {} }).audit, {});
  });

  it('is kept for at least 30 days', () => {
    assert.deepEqual(parse({ audit: { retention: '30d' } }).audit, { retention: 30 * 86_400 });
    expectFault({ audit: { retention: '29d' } }, 'audit.retention: must be at least 30d');
    expectFault({ audit: { retain: '30d' } }, 'audit.retain: is not a key that Curfew knows here');
  });
});

describe('the signing keys of a file', () => {
  it('sign for a while that is longer than the published keys may be kept', () => {
    assert.deepEqual(parse({ keys: { rotate_every: '30d', jwks_max_age: '15m' } }).keys, {
      rotateEvery: 30 * 86_400,
      jwksMaxAge: 900,
    });
    assert.deepEqual(parse({ keys: {} }).keys, {});
    assert.deepEqual(parse({ keys: { rotate_every: '2s', jwks_max_age: '1s' } }).keys, {
      rotateEvery: 2,
      jwksMaxAge: 1,
    });
    const message = 'rotate_every must be longer than jwks_max_age, which is';
    expectFault({ keys: { rotate_every: '1h' } }, `keys.rotate_every: ${message} 1h`);
    expectFault({ keys: { jwks_max_age: '90d' } }, `keys.jwks_max_age: ${message} 90d`);
  });
});

/** That the file has this fault and no other; names of absent sections are none. */
function expectFault(file: unknown, fault: string | RegExp, env?: NodeJS.ProcessEnv): void {
  const faults = faultsOf(file, env);
  assert.equal(faults.length, 1, faults.join('\n'));
  if (typeof fault === 'string') assert.equal(faults[0], fault);
  else assert.match(faults[0] ?? '', fault);
}
