import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { beginTotpEnrolment, confirmTotpEnrolment } from '../../src/operations/enrol_totp.ts';
import { issuePasswordLink } from '../../src/operations/issue_password_link.ts';
import { removeSecondFactors } from '../../src/operations/remove_second_factors.ts';
import { setPasswordByLink } from '../../src/operations/set_password.ts';
import { readNow } from '../../src/store/sessions.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';
import { storeAccount, storeSession } from '../support/stored_facts.ts';
import { totpCode } from '../support/totp.ts';

const secrets = createSecretsAtRest([randomBytes(32)]);

describe('a first second factor where enrolment is invited', () => {
  let test: OperationTest;
  let accountId: string;
  let elapsed = 0;

  before(async () => {
    test = await prepareOperationTest();
    await sql(
      test.database,
      `insert into policies (name, version, limits) values ('default', 1, '{"enrolment": "invited"}')
       on conflict (name) do update set limits = policies.limits || excluded.limits`,
    );
  });
  after(() => test.drop());
  beforeEach(async () => {
    accountId = await storeAccount(test.database, ['member']);
  });

  const advance = async (seconds: number) => {
    elapsed += seconds;
    await test.clock.set(elapsed);
  };
  async function useLink(byOperator: boolean): Promise<void> {
    const link = await test.database.transaction((tx) =>
      issuePasswordLink(tx, { accountId, purpose: 'forgotten', byOperator }, {}),
    );
    assert.ok(link);
    const change = { token: link.token, password: 'harbour lamp fern', serviceName: 'Curfew' };
    const verdict = await setPasswordByLink(test.database, test.configuration, change, {});
    assert.deepEqual(verdict, { set: true });
  }
  /** What comes of it: `enrolled`, or why not. */
  async function enrol(): Promise<string> {
    const owner = { accountId, sessionId: await storeSession(test.database, { accountId }) };
    const label = { issuer: 'Curfew', account: 'person' };
    const { secret } = await beginTotpEnrolment(test.database, secrets, owner, label);
    const code = totpCode(secret, (await readNow(test.database)) / 1000, 0);
    const attempt = { ...owner, code, name: '' };
    const verdict = await confirmTotpEnrolment(test.database, secrets, attempt, {});
    return verdict.enrolled ? 'enrolled' : verdict.reason;
  }

  it('is set up by nobody who has the password alone', async () => {
    assert.equal(await enrol(), 'not_invited');
  });

  it("is set up after an operator's link, for less than an hour", async () => {
    await useLink(true);
    await advance(3599);
    assert.equal(await enrol(), 'enrolled');
    accountId = await storeAccount(test.database, ['member']);
    await useLink(true);
    await advance(3600);
    assert.equal(await enrol(), 'not_invited');
  });

  it('is not set up after a link that anybody can ask for, which also ends an invitation', async () => {
    await useLink(true);
    await useLink(false);
    assert.equal(await enrol(), 'not_invited');
  });

  it('is set up once of two at once, and takes a new link after an operator removed it', async () => {
    await useLink(true);
    const outcomes = await Promise.all([enrol(), enrol()]);
    assert.deepEqual(outcomes.toSorted(), ['enrolled', 'none_pending']);
    await test.database.transaction((tx) => removeSecondFactors(tx, test.configuration, { accountId }, {}));
    await advance(30);
    assert.equal(await enrol(), 'not_invited');
  });
});
