import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { beginTotpEnrolment, confirmTotpEnrolment } from '../../src/operations/enrol_totp.ts';
import { removeSecondFactors } from '../../src/operations/remove_second_factors.ts';
import { removeTotpFactor } from '../../src/operations/remove_totp_factor.ts';
import { renameTotpFactor } from '../../src/operations/rename_totp_factor.ts';
import { renewRecoveryCodes } from '../../src/operations/renew_recovery_codes.ts';
import { useRecoveryCode } from '../../src/operations/use_recovery_code.ts';
import { verifyTotp } from '../../src/operations/verify_totp.ts';
import { countRecoveryCodes, listTotpFactors, mostTotpFactors } from '../../src/store/second_factors.ts';
import { readNow } from '../../src/store/sessions.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';
import { totpCode } from '../support/totp.ts';

const secrets = createSecretsAtRest([randomBytes(32)]);
const label = { issuer: 'Curfew', account: 'person' };

describe('the authenticators of an account', () => {
  let test: OperationTest;
  let accountId: string;
  let sessionId: string;
  let elapsed = 0;

  const advance = async (seconds: number) => {
    elapsed += seconds;
    await test.clock.set(elapsed);
  };

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    accountId = await storeAccount(test.database, ['member']);
    sessionId = await storeSession(test.database, { accountId });
  });

  const codeOf = async (secret: string, steps = 0) =>
    totpCode(secret, (await readNow(test.database)) / 1000, steps);
  const verify = (code: string) => verifyTotp(test.database, secrets, { accountId, code }, {});
  const remove = (factorId: string, owner = accountId) =>
    test.database.transaction((tx) =>
      removeTotpFactor(tx, test.configuration, { accountId: owner, factorId, keeps: sessionId }, {}),
    );
  const names = async () => (await listAccountEvents(test.database, accountId)).map(({ name }) => name);
  const mails = async () =>
    (
      await sql<{ mail: string }>(
        test.database,
        `select payload ->> 'mail' as mail from notices where payload ->> 'accountId' = $1 order by notice_id`,
        accountId,
      )
    ).map(({ mail }) => mail);

  /** Set one up, in a time step of its own. */
  async function enrol(name: string, most = mostTotpFactors) {
    await advance(30);
    const { secret } = await beginTotpEnrolment(test.database, secrets, { accountId, sessionId }, label);
    const attempt = { accountId, sessionId, code: await codeOf(secret), name };
    const verdict = await confirmTotpEnrolment(test.database, secrets, attempt, {}, { most });
    await advance(30);
    return { secret, verdict };
  }
  const find = async (name: string) => {
    const factor = (await listTotpFactors(test.database, accountId)).find((one) => one.name === name);
    return factor?.factorId ?? '';
  };

  it('are several, and a code of each is taken', async () => {
    const [phone, tablet] = [await enrol('Phone'), await enrol('Tablet')];
    for (const { secret } of [phone, tablet]) {
      assert.equal((await verify(await codeOf(secret))).accepted, true);
      await advance(30);
    }
    const factors = await listTotpFactors(test.database, accountId);
    assert.deepEqual(
      factors.map(({ name, disabled }) => [name, disabled]),
      [
        ['Phone', false],
        ['Tablet', false],
      ],
    );
  });

  it('bring recovery codes with the first, which stay with the next', async () => {
    const first = (await enrol('Phone')).verdict;
    assert.equal(first.enrolled && first.recoveryCodes.length, 10);
    const second = (await enrol('Tablet')).verdict;
    assert.deepEqual(second.enrolled && second.recoveryCodes, []);
    assert.equal(await countRecoveryCodes(test.database, accountId), 10);
  });

  it('are one where only a first may be set up, and never more than five', async () => {
    await enrol('Phone');
    assert.deepEqual((await enrol('Second', 1)).verdict, { enrolled: false, reason: 'none_pending' });
    for (let more = 2; more <= mostTotpFactors; more += 1) await enrol(`Number ${more}`);
    assert.equal((await enrol('One too many')).verdict.enrolled, false);
    assert.equal((await listTotpFactors(test.database, accountId)).length, 5);
  });

  it('take a time step once, whichever of them it comes from, and say so', async () => {
    const [phone, tablet] = [await enrol('Phone'), await enrol('Tablet')];
    assert.equal((await verify(await codeOf(phone.secret))).accepted, true);
    assert.deepEqual(await verify(await codeOf(phone.secret)), { accepted: false, reason: 'used' });
    assert.deepEqual(await verify(await codeOf(tablet.secret)), { accepted: false, reason: 'used' });
    assert.deepEqual(await verify('000'), { accepted: false, reason: 'wrong' });
  });

  it('are renamed, and get a name where none is given', async () => {
    await enrol('Phone');
    const rename = (name: string, owner = accountId) =>
      test.database.transaction(async (tx) => {
        const [factor] = await listTotpFactors(tx, accountId);
        return await renameTotpFactor(tx, { accountId: owner, factorId: factor?.factorId ?? '', name }, {});
      });
    assert.equal(await rename('Old phone'), true);
    assert.equal(await rename('Mine', await storeAccount(test.database)), false);
    assert.ok(await find('Old phone'));
    assert.equal(await rename(''), true);
    assert.ok(await find('Authenticator app'));
    assert.equal((await names()).filter((name) => name === 'factor.renamed').length, 2);
  });

  it('end every other session and family when one is removed, and spare this browser', async () => {
    const phone = await enrol('Phone');
    const tablet = await enrol('Tablet');
    const other = await storeSession(test.database, { accountId });
    const { familyId: theirs } = await storeFamily(test.database, {
      accountId,
      sessionId: other,
      bound: false,
    });
    const { familyId: mine } = await storeFamily(test.database, { accountId, sessionId, bound: false });
    assert.equal(await remove(await find('Phone')), 1);
    assert.equal((await findEnd(test.database, 'sessions', other)).reason, 'credential_changed');
    assert.equal((await findEnd(test.database, 'families', theirs)).reason, 'credential_changed');
    assert.equal((await findEnd(test.database, 'families', mine)).reason, null);
    assert.equal((await findEnd(test.database, 'sessions', sessionId)).reason, null);
    assert.deepEqual(await verify(await codeOf(phone.secret)), { accepted: false, reason: 'wrong' });
    assert.equal((await verify(await codeOf(tablet.secret))).accepted, true);
    assert.equal(await countRecoveryCodes(test.database, accountId), 10);
    assert.ok((await names()).includes('factor.removed'));
    assert.equal((await mails()).at(-1), 'factor_removed');
  });

  it('take the recovery codes along with the last', async () => {
    await enrol('Phone');
    assert.equal(await remove(await find('Phone')), 0);
    assert.equal(await countRecoveryCodes(test.database, accountId), 0);
    assert.equal((await mails()).at(-1), 'factors_removed');
  });

  it("are not another account's to remove, and that ends nothing", async () => {
    await enrol('Phone');
    const stranger = await storeAccount(test.database);
    const theirs = await storeSession(test.database, { accountId: stranger });
    assert.equal(await remove(await find('Phone'), stranger), undefined);
    assert.equal((await findEnd(test.database, 'sessions', theirs)).reason, null);
    assert.equal((await listTotpFactors(test.database, accountId)).length, 1);
  });

  describe('after a hundred wrong codes in a row', () => {
    /** Codes that nobody has, each after the wait for it. */
    async function guess(times: number) {
      let last = await verify('none');
      for (let tries = 1; tries < times; tries += 1) {
        await advance(3601);
        last = await verify('none');
      }
      await advance(3601);
      return last;
    }

    it('take none any more, with event and mail, and not one sooner', async () => {
      const { secret } = await enrol('Phone');
      assert.deepEqual(await guess(99), { accepted: false, reason: 'wrong' });
      assert.equal((await verify(await codeOf(secret))).accepted, true, 'the hundredth is right');
      await advance(30);
      assert.deepEqual(await guess(100), { accepted: false, reason: 'disabled' });
      assert.deepEqual(await verify(await codeOf(secret)), { accepted: false, reason: 'disabled' });
      assert.equal((await listTotpFactors(test.database, accountId))[0]?.disabled, true);
      assert.equal((await names()).filter((name) => name === 'factor.disabled').length, 1);
      assert.equal((await mails()).at(-1), 'factors_disabled');
    });

    it('leave a recovery code, and an operator, to lead on', async () => {
      const { verdict } = await enrol('Phone');
      await guess(100);
      const [code = ''] = verdict.enrolled ? verdict.recoveryCodes : [];
      assert.deepEqual(await useRecoveryCode(test.database, { accountId, code }, {}), { accepted: true });
      assert.equal(
        await test.database.transaction((tx) =>
          removeSecondFactors(tx, test.configuration, { accountId }, {}),
        ),
        1,
      );
    });
  });

  it('have new recovery codes made, which end the old ones', async () => {
    const renew = () => test.database.transaction((tx) => renewRecoveryCodes(tx, accountId, {}));
    const use = (code = '') => useRecoveryCode(test.database, { accountId, code }, {});
    assert.equal(await renew(), undefined, 'where there is no factor, there is nothing to recover');
    const { verdict } = await enrol('Phone');
    const [first, second] = verdict.enrolled ? verdict.recoveryCodes : [];
    assert.deepEqual(await use(first), { accepted: true });
    assert.equal(await countRecoveryCodes(test.database, accountId), 9);
    const renewed = (await renew()) ?? [];
    assert.equal(new Set(renewed).size, 10);
    assert.equal(await countRecoveryCodes(test.database, accountId), 10);
    assert.deepEqual(await use(second), { accepted: false, reason: 'wrong' });
    assert.deepEqual(await use(renewed[0]), { accepted: true });
    assert.ok((await names()).includes('recovery_codes.renewed'));
    assert.ok((await mails()).includes('recovery_codes_renewed'));
  });
});
