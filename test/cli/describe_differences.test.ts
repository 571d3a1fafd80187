import assert from 'node:assert/strict';
import { choosePaint, describeDifferences } from '../../src/cli/describe_differences.ts';
import type { Difference } from '../../src/policy/compare_configurations.ts';
import { describeValue } from '../../src/reports/describe_field.ts';

const plain = (_: string, text: string) => text;
const changed = (section: Difference['section'], name: string, fields: Difference['fields']): Difference => ({
  section,
  name,
  kind: 'changed',
  fields,
});

describe('a difference in words', () => {
  it('goes by section, with old and new values and which way each leads', () => {
    const lines = describeDifferences(
      [
        changed('policies', 'member', [
          { field: 'refresh_idle', from: 93_784, to: 600, direction: 'stricter' },
          { field: 'mfa', from: undefined, to: 'none', direction: 'looser' },
          { field: 'max_sessions', from: 5, to: 6, direction: 'looser' },
        ]),
        { section: 'policies', name: 'old', kind: 'removed', fields: [] },
        changed('clients', 'shop', [
          { field: 'secret', from: undefined, to: '(changed)' },
          { field: 'jwks', from: { keys: [{ kty: 'EC' }] }, to: { keys: [] } },
          { field: 'redirect_uris', from: ['https://a', 'https://b'], to: ['https://b', 'https://c'] },
          { field: 'scope', from: 'openid email', to: 'email openid' },
        ]),
        changed('branding', 'branding', [{ field: 'name', from: undefined, to: 'Example' }]),
        { section: 'users', name: 'ada', kind: 'changed', note: 'roles, password' },
        { section: 'users', name: 'mia', kind: 'added', note: '' },
      ],
      plain,
    );
    assert.deepEqual(lines, [
      'policies',
      '  ~ member',
      '      refresh_idle  1 day 2 hours 3 minutes 4 seconds → 10 minutes  stricter',
      '      mfa           unset → none  looser',
      '      max_sessions  5 → 6  looser',
      '  - old',
      'clients',
      '  ~ shop',
      '      secret         changed',
      '      jwks           changed',
      '      redirect_uris  - https://a, + https://c',
      '      scope          in another order: email, openid',
      'branding',
      '      name  unset → Example',
      'users',
      '  ~ ada  roles, password',
      '  + mia',
    ]);
  });

  it('of something new has its values alone', () => {
    const fields = [
      { field: 'step_up', from: undefined, to: { mfa_max_age: 300 } },
      { field: 'secret', from: undefined, to: '(changed)' },
    ];
    const lines = describeDifferences([{ section: 'scopes', name: 'pay', kind: 'added', fields }], plain);
    assert.deepEqual(lines.slice(2), ['      step_up  at most 5 minutes old', '      secret   set']);
  });

  it('has a word for every kind of value', () => {
    assert.equal(describeValue('rate_limits', 'token_client', { most: 5, seconds: 60 }), '5 per 1 minute');
    assert.equal(describeValue('scopes', 'step_up', true), 'as the policies say');
    assert.equal(describeValue('clients', 'web_origins', []), 'none');
    assert.equal(describeValue('clients', 'trusted', false), 'false');
    assert.equal(describeValue('policies', 'lease_max', 0), '0 seconds');
  });

  it('is coloured on a terminal that shows colours, and nowhere else', () => {
    const stream = (isTTY: boolean, colours: boolean) =>
      ({ isTTY, hasColors: () => colours }) as unknown as NodeJS.WriteStream;
    for (const [isTTY, colours] of [
      [false, true],
      [true, false],
    ] as const) {
      assert.equal(choosePaint(stream(isTTY, colours))('red', 'looser'), 'looser');
    }
    assert.notEqual(choosePaint(stream(true, true))('red', 'looser'), 'looser');
  });
});
