import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { issuePasswordLink } from '../../src/operations/issue_password_link.ts';
import { attackedConfiguration, mail, signInBrowser, tv } from '../support/attacked_server.ts';
import { createFormBrowser } from '../support/browser.ts';
import { dumpRows } from '../support/dump_rows.ts';
import { ada, api, shop } from '../support/example_configuration.ts';
import { findSecrets } from '../support/find_secrets.ts';
import { countSecrets, listSecrets, noteSecret } from '../support/issued_secrets.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';

/**
 * Every database of the whole suite is searched, before it is dropped, for each secret that a server of the
 * process was sent or gave away meanwhile: see `drop` in `test/support/database.ts`. Here that search itself is tried.
 */
describe('a dump of the database', () => {
  let server: TestServer;
  let issuedBefore: number;

  before(async () => {
    issuedBefore = countSecrets();
    server = await startTestServer(attackedConfiguration(), { mail });
  });
  after(() => server.stop());

  const search = async () => findSecrets(await dumpRows(server.test.ownerUrl), listSecrets(issuedBefore));

  it('has none of the secrets in it that people and programs were given', async () => {
    const browser = await signInBrowser(server.issuer);
    const party = await createRelyingParty(server.issuer, shop, browser);
    const authenticator = { secret: '', recoveryCodes: [] };
    const person = { ...ada, authenticator };
    const parameters = { scope: 'openid offline_access reports.read', resource: api, prompt: 'consent' };
    const tokens = await party.signIn(person, { ...parameters, acr_values: 'urn:curfew:acr:mfa' });
    await party.refresh(tokens.refresh_token ?? '');
    await oidc.initiateDeviceAuthorization((await createRelyingParty(server.issuer, tv)).config, {
      scope: 'openid',
    });
    const { accountId } = await sqlOne<{ accountId: string }>(
      server.database,
      `select account_id as "accountId" from accounts where username = 'grace'`,
    );
    const link = await server.database.transaction((tx) =>
      issuePasswordLink(tx, { accountId, purpose: 'invitation', byOperator: true }, {}),
    );
    const invited = createFormBrowser(server.issuer);
    const page = await invited.open(`/set-password?token=${link?.token}`);
    await invited.submit(page, /set-password$/, { new_password: 'a quiet harbour of tin' });
    await invited.open('/forgotten-password');
    await invited.open('/device');
    assert.deepEqual(await search(), []);
    const kinds = new Set(listSecrets(issuedBefore).map(({ kind }) => kind));
    assert.deepEqual([...kinds].toSorted(), [
      'TOTP secret',
      'access_token',
      'client secret',
      'code',
      'code_verifier',
      'cookie curfew_browser',
      'cookie curfew_device',
      'cookie curfew_form',
      'cookie curfew_link',
      'cookie curfew_session',
      'device_code',
      'form secret',
      'id_token',
      'interaction',
      'key of the server',
      'new_password',
      'password',
      'recovery code',
      'refresh_token',
      'user_code',
    ]);
  });

  const secret = 'Zq3_-vT0nKx8Lw5yRb7GdUe2MhAfJc9PsOiNtQlXzE4';
  const bytes = Buffer.from(secret, 'base64url');
  const planted: [as: string, text: string][] = [
    ['itself', `left ${secret} right`],
    ['itself', JSON.stringify({ deep: [{ secret }] })],
    ['hex of its bytes', bytes.toString('hex')],
    ['hex of its bytes', bytes.toString('hex').toUpperCase()],
    ['hex of itself', Buffer.from(secret).toString('hex')],
    ['base64 of itself', Buffer.from(secret).toString('base64')],
    ['base64 of its bytes', bytes.toString('base64')],
    ['base64 of its bytes', Buffer.concat([Buffer.from('x'), bytes, Buffer.from('y')]).toString('base64')],
    ['base64 of itself', Buffer.from(JSON.stringify({ a: 1, secret })).toString('base64url')],
    ['base64 of itself', Buffer.from(JSON.stringify({ ab: 1, secret })).toString('base64url')],
    ['base32 of its bytes', base32(bytes)],
    ['base32 of itself', base32(Buffer.from(`abc${secret}d`))],
  ];
  for (const [as, text] of planted) {
    it(`that has a secret in it as ${as} is found out: ${text.slice(0, 24)}`, async () => {
      noteSecret('planted', secret);
      await sql(server.database, `update accounts set name = $1 where username = 'joan'`, text);
      const found = await search();
      await sql(server.database, `update accounts set name = null where username = 'joan'`);
      assert.ok(found.includes(`planted as ${as}`), found.join());
      assert.deepEqual(await search(), []);
    });
  }

  it('that has its bytes in a binary column is found out', async () => {
    noteSecret('planted', secret);
    const insert = `insert into sign_in_failures (subject_hash, failures, last_failed_at, expires_at)
                    values ($1, 1, curfew_now(), curfew_now() + interval '1 hour')`;
    await sql(server.database, insert, bytes);
    const found = await search();
    await sql(server.database, 'delete from sign_in_failures where subject_hash = $1', bytes);
    assert.deepEqual(found, ['planted as hex of its bytes']);
  });

  it('is not found out by what is only like a secret', () => {
    const digest = 'c29tZXRoaW5nIGVsc2UgYWx0b2dldGhlcg';
    assert.deepEqual(
      findSecrets(`${digest} ${secret.slice(0, 30)}`, [{ secret, kind: 'planted', seenAt: 1 }]),
      [],
    );
  });
});

/** RFC 4648 §6 by hand, without padding. */
function base32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)])
    .join('');
}
