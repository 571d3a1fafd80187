import assert from 'node:assert/strict';
import { parse } from './parsing.test.ts';

const warningsOf = (file: object) => parse(file).warnings.map(({ path, message }) => `${path}: ${message}`);

describe('warnings of a file', () => {
  it('tell of limits that outlast what bounds them', () => {
    const policy = { refresh_idle: '2h', refresh_absolute: '1h', session_idle: '2h', session_absolute: '1h' };
    assert.deepEqual(
      warningsOf({ policies: { a: { ...policy, access_token_ttl: '61m', lease_max: '62m' } } }),
      [
        'policies.a.refresh_idle: 2h is longer than refresh_absolute, 1h, which ends it first',
        'policies.a.session_idle: 2h is longer than session_absolute, 1h, which ends it first',
        'policies.a.access_token_ttl: 61m is longer than refresh_absolute, 1h, which ends it first',
        'policies.a.lease_max: 62m is longer than refresh_absolute, 1h, which ends it first',
      ],
    );
    assert.deepEqual(warningsOf({ policies: { a: { refresh_idle: '1h', refresh_absolute: '1h' } } }), []);
  });

  it('compare default with its built-in values too', () => {
    assert.deepEqual(warningsOf({ policies: { default: { session_idle: '9h' } } }), [
      'policies.default.session_idle: 9h is longer than session_absolute, 8h, which ends it first',
    ]);
  });

  it('tell of refreshes as activity under a baseline that wants presence', () => {
    const claim = (activity?: string) => ({
      policies: { a: { baselines: ['nist-63b4-aal2'], ...(activity ? { activity } : {}) } },
    });
    assert.match(
      warningsOf(claim()).join('\n'),
      /^policies\.a\.activity: any_refresh counts a refresh as presence/,
    );
    assert.equal(warningsOf(claim('any_refresh')).length, 1);
    assert.deepEqual(warningsOf(claim('reported')), []);
  });

  describe('of a step-up scope', () => {
    const policies = { short: { access_token_ttl: '5m' }, long: { access_token_ttl: '1h' }, other: {} };
    const pay = { description: 'Pay', step_up: { mfa_max_age: '5m' } };
    const message =
      '1h is longer than mfa_max_age of scope pay, 5m: a token outlives the proof it rests on; give the scope a policy with a shorter access_token_ttl, or let its API look at auth_time';
    const cases: [what: string, file: object, expected: string[]][] = [
      [
        'that any policy may rule',
        { policies, scopes: { pay } },
        [`policies.long.access_token_ttl: ${message}`],
      ],
      ['with a short policy of its own', { policies, scopes: { pay: { ...pay, policy: 'short' } } }, []],
      [
        'for roles that all have short policies',
        { policies, roles: { a: { policy: 'short' } }, scopes: { pay: { ...pay, roles: ['a'] } } },
        [],
      ],
      [
        'for roles of which one has a long policy',
        {
          policies,
          roles: { a: { policy: 'short' }, b: { policy: 'long' } },
          scopes: { pay: { ...pay, roles: ['a', 'b'] } },
        },
        [`policies.long.access_token_ttl: ${message}`],
      ],
      [
        'at a resource with a short policy',
        { policies, scopes: { pay }, resources: { 'urn:a': { scopes: ['pay'], policy: 'short' } } },
        [],
      ],
      ['without an age of its own', { policies, scopes: { pay: { description: 'Pay', step_up: true } } }, []],
      [
        'that only default rules',
        { policies: {}, scopes: { pay: { ...pay, step_up: { mfa_max_age: '4m' } } } },
        [
          'policies.default.access_token_ttl: 5m is longer than mfa_max_age of scope pay, 4m: a token outlives the proof it rests on; give the scope a policy with a shorter access_token_ttl, or let its API look at auth_time',
        ],
      ],
    ];
    for (const [what, file, expected] of cases) {
      it(what, () => assert.deepEqual(warningsOf(file), expected));
    }
  });
});
