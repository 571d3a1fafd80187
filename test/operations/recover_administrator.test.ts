import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { hashPassword } from '../../src/credentials/passwords.ts';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { hashToken } from '../../src/credentials/token_hash.ts';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { attemptSignIn } from '../../src/operations/attempt_sign_in.ts';
import { beginTotpEnrolment, confirmTotpEnrolment } from '../../src/operations/enrol_totp.ts';
import { recoverAdministrator } from '../../src/operations/recover_administrator.ts';
import {
  findAccountById,
  findPasswordHash,
  setAccountDisabled,
  updateAccount,
} from '../../src/store/accounts.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { listTotpFactors } from '../../src/store/second_factors.ts';
import { readNow } from '../../src/store/sessions.ts';
import { adminConfiguration } from '../support/administrators.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';
import { findEnd, storeAccount, storeSession } from '../support/stored_facts.ts';
import { totpCode } from '../support/totp.ts';

const shell = { actor: 'shell' };
const secrets = createSecretsAtRest([randomBytes(32)]);

describe('an administrator who is locked out', () => {
  let test: OperationTest;
  before(async () => {
    test = await prepareOperationTest();
    await test.apply({ ...adminConfiguration(), users: undefined });
  });
  after(() => test.drop());

  const recover = (accountId: string, wanted: { role?: string; seconds?: number } = {}) =>
    test.database.transaction(async (tx) => {
      const account = await findAccountById(tx, accountId);
      assert.ok(account);
      return await recoverAdministrator(tx, await loadConfiguration(tx), account, wanted, shell);
    });

  async function enrol(accountId: string, sessionId: string): Promise<void> {
    const label = { issuer: 'Curfew', account: 'person' };
    const { secret } = await beginTotpEnrolment(test.database, secrets, { accountId, sessionId }, label);
    const code = totpCode(secret, (await readNow(test.database)) / 1000, 0);
    const attempt = { accountId, sessionId, code, name: 'Phone' };
    assert.equal(
      (await confirmTotpEnrolment(test.database, secrets, attempt, {}, { most: 5 })).enrolled,
      true,
    );
  }

  it('gets in by one link alone, whatever is lost, and nothing else opens the account', async () => {
    const { database } = test;
    const accountId = await storeAccount(database, ['member']);
    const username = (await findAccountById(database, accountId))?.username ?? '';
    await updateAccount(database, accountId, { passwordHash: await hashPassword('harbour lamp fern') });
    const sessionId = await storeSession(database, { accountId });
    await enrol(accountId, sessionId);
    for (let tries = 0; tries < 25; tries += 1)
      await attemptSignIn(database, {}, { username, password: `guess ${tries}` }, { address: '192.0.2.1' });
    await database.transaction((tx) => setAccountDisabled(tx, accountId, true));

    const { link, failures, ...changed } = await recover(accountId);
    assert.deepEqual(changed, { role: 'admin', roleAdded: true, wasDisabled: true, factors: 1 });
    assert.ok(failures > 0, 'the wrong passwords are forgotten');
    const account = await findAccountById(database, accountId);
    assert.deepEqual([account?.disabled, account?.roles.toSorted()], [false, ['admin', 'member']]);
    assert.equal(await findPasswordHash(database, accountId), undefined, 'the old password is good no more');
    assert.deepEqual(await listTotpFactors(database, accountId), []);
    assert.equal((await findEnd(database, 'sessions', sessionId)).reason, 'credential_changed');
    const waits = await sql(database, 'select from sign_in_failures where account_id = $1', accountId);
    assert.deepEqual(waits, []);
    assert.deepEqual(
      await sql(
        database,
        'select token_hash as hash, purpose, extract(epoch from expires_at - created_at)::int as seconds from password_links where account_id = $1',
        accountId,
      ),
      [{ hash: hashToken(link.token), purpose: 'forgotten', seconds: 1800 }],
    );
  });

  it('is told by mail and in the trail, which says that it was the shell', async () => {
    const accountId = await storeAccount(test.database, ['admin']);
    const { roleAdded } = await recover(accountId, { seconds: 60 });
    assert.equal(roleAdded, false);
    const events = await listAccountEvents(test.database, accountId);
    assert.deepEqual(
      events.map(({ name }) => name),
      ['account.factors_removed', 'password_link.issued', 'account.recovered'],
    );
    assert.ok(events.every(({ detail }) => detail.actor === 'shell'));
    assert.deepEqual(events.at(-1)?.detail, {
      role: 'admin',
      role_added: false,
      was_disabled: false,
      failures: 0,
      factors: 0,
      actor: 'shell',
    });
    const mails = await sql(
      test.database,
      `select payload ->> 'mail' as mail from notices where payload ->> 'accountId' = $1`,
      accountId,
    );
    assert.deepEqual(mails, [{ mail: 'account_recovered' }]);
  });

  it('gets a role that is named, or the only one there is', async () => {
    const scope = { name: 'curfew:write', description: 'Change' };
    const write = (roles: string[]): DesiredConfiguration => {
      const scopes = new Map([...(adminConfiguration().scopes ?? []), ['curfew:write', { ...scope, roles }]]);
      return { ...adminConfiguration(), users: undefined, scopes };
    };
    const accountId = await storeAccount(test.database);
    await test.apply(write(['admin', 'member']));
    await assert.rejects(recover(accountId), {
      code: 'role_unknown',
      message: /say --role .* admin, member/,
    });
    await assert.rejects(recover(accountId, { role: 'chief' }), { message: /makes no administrator/ });
    assert.equal((await recover(accountId, { role: 'member' })).role, 'member');
    const again = await recover(accountId);
    assert.deepEqual([again.role, again.roleAdded], ['member', false], 'what it has is enough');
    await test.apply(write([]));
    await assert.rejects(recover(accountId), { code: 'role_unknown', message: /^No role may change/ });
  });
});
