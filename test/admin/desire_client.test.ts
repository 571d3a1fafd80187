import assert from 'node:assert/strict';
import { clientKinds } from '../../src/admin/client_kinds.ts';
import { desireClient } from '../../src/admin/desire_client.ts';
import { desireKind } from '../../src/admin/desire_kind.ts';
import { hashToken } from '../../src/credentials/token_hash.ts';
import type { Problem } from '../../src/domain/problems.ts';

const known = {
  policies: new Map([['member', { name: 'member', version: 1, limits: {}, baselines: [] }]]),
  scopes: new Map([['reports.read', { name: 'reports.read', description: 'Read reports' }]]),
};
const entry = { client_id: 'till', redirect_uris: ['https://till.example.com/callback'] };

describe('a client that somebody wants', () => {
  it('has a new secret of 256 bits each time, the stored one, or none', () => {
    const [first, second] = [desireClient(known, entry, 'new'), desireClient(known, entry, 'new')];
    assert.match(first.secret ?? '', /^[\w-]{43}$/);
    assert.notEqual(first.secret, second.secret);
    assert.deepEqual(first.client.secretHash, hashToken(first.secret ?? ''));
    const { client, ...rest } = desireClient(known, entry, 'stored');
    assert.deepEqual([client.keepsSecret, client.secretHash, rest], [true, undefined, {}]);
    const open = desireClient(known, entry, 'none').client;
    assert.deepEqual([open.secretHash, open.metadata.token_endpoint_auth_method], [undefined, 'none']);
  });

  const refusals: [what: string, entry: object, lines: RegExp][] = [
    ['a key that there is not', { toaster: 1 }, /^toaster: is not a key/],
    ['an id with a space', { client_id: 'a b' }, /^client_id: must be/],
    ['an id with parentheses', { client_id: 'a).(b', redirect_uris: ['x'] }, /^redirect_uris\[0\]: must be/],
    ['no id', { client_id: undefined }, /^client_id: is missing$/],
    [
      'a scope that there is not',
      { scope: 'openid reports.read nothing' },
      /^scope: there is no scope nothing$/,
    ],
    ['a policy that there is not', { policy: 'nothing' }, /^policy: there is no policy nothing$/],
    [
      'a secret of its own',
      { client_secret: 'of sixteen or more' },
      /^client_secret: has no place in a file/,
    ],
    ['several at once', { policy: 'nothing', scope: 'nothing' }, /^policy: .*\nscope: .*$/],
  ];
  for (const [what, wrong, lines] of refusals) {
    it(`is refused by the names of its keys: ${what}`, () =>
      assert.throws(
        () => desireClient(known, { ...entry, ...wrong }, 'none'),
        ({ code, message }: Problem) => code === 'configuration_invalid' && lines.test(message),
      ));
  }

  for (const [name, kind] of Object.entries(clientKinds)) {
    it(`may be a kind of app: ${name}`, () => {
      const redirectUri = kind.redirects ? 'https://till.example.com/callback' : '';
      const wish = { clientId: 'till', name: 'Till', redirectUri, scope: kind.usualScope, resource: '' };
      const { client, secret } = desireKind(known, kind, wish);
      assert.equal(client.metadata.client_name, 'Till');
      assert.equal(secret !== undefined, kind.hasSecret);
    });
  }
});
