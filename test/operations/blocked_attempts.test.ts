import assert from 'node:assert/strict';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { beginTotpEnrolment, confirmTotpEnrolment } from '../../src/operations/enrol_totp.ts';
import { useRecoveryCode } from '../../src/operations/use_recovery_code.ts';
import { verifyTotp } from '../../src/operations/verify_totp.ts';
import { attemptsBeforeBackOff } from '../../src/store/second_factors.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { storeAccount, storeSession } from '../support/stored_facts.ts';

describe('an attempt that comes too soon after wrong ones', () => {
  let test: OperationTest;
  const secrets = createSecretsAtRest([Buffer.alloc(32, 1)]);

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());

  const attempts = {
    'of a code': (accountId: string) => verifyTotp(test.database, secrets, { accountId, code: '000000' }, {}),
    'of a recovery code': (accountId: string) =>
      useRecoveryCode(test.database, { accountId, code: 'aaaaa-aaaaa' }, {}),
    'to confirm an authenticator': async (accountId: string) => {
      const owner = { accountId, sessionId: await storeSession(test.database, { accountId }) };
      await beginTotpEnrolment(test.database, secrets, owner, { issuer: 'i', account: 'a' });
      return await confirmTotpEnrolment(test.database, secrets, { ...owner, code: 'wrong', name: '' }, {});
    },
  };
  for (const [what, attempt] of Object.entries(attempts)) {
    it(`${what} is in the trail as blocked`, async () => {
      const accountId = await storeAccount(test.database);
      for (let tries = 0; tries <= attemptsBeforeBackOff; tries += 1) await attempt(accountId);
      const events = await listAccountEvents(test.database, accountId);
      assert.ok(events.every(({ name }) => name === 'mfa.failed'));
      assert.deepEqual(
        events.map(({ detail }) => detail.reason),
        [...Array<string>(attemptsBeforeBackOff).fill('wrong'), 'blocked'],
      );
    });
  }
});
