import assert from 'node:assert/strict';
import type { RateLimits } from '../../src/domain/rate_limits.ts';
import { addAccount } from '../../src/operations/add_account.ts';
import { attemptSignIn } from '../../src/operations/attempt_sign_in.ts';
import type { SignInAttempt } from '../../src/operations/attempt_sign_in.ts';
import { changePassword } from '../../src/operations/change_password.ts';
import { unlockAccount } from '../../src/operations/unlock_account.ts';
import { deleteExpired } from '../../src/store/expired.ts';
import { countKnownDevices } from '../../src/store/known_devices.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';
import { storeSession } from '../support/stored_facts.ts';

const right = 'tin kettle moss';
const limits: Partial<RateLimits> = {
  sign_in_account: { most: 3, seconds: 60, longest: 300 },
  sign_in_device: { most: 2, seconds: 60, longest: 300 },
  known_devices: { most: 2, seconds: 1000 },
};

describe('an attempt to sign in', () => {
  let test: OperationTest;
  let username: string;
  let accountId: string;
  let people = 0;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    await test.clock.set(0);
    people += 1;
    username = `person-${people}`;
    accountId = await test.database.transaction((tx) =>
      addAccount(tx, test.configuration, { username, password: right, roles: [] }, {}),
    );
  });

  const attempt = (password: string, deviceToken?: string, name = username) =>
    attemptSignIn(test.database, limits, { username: name, password, deviceToken }, {});
  /** `in`, `wrong`, or the seconds to wait. */
  const read = (verdict: SignInAttempt) =>
    verdict.accepted ? 'in' : verdict.waitSeconds === undefined ? 'wrong' : Math.round(verdict.waitSeconds);
  const guess = async (deviceToken?: string, name = username) =>
    read(await attempt('wrong', deviceToken, name));
  async function enter(deviceToken?: string): Promise<string> {
    const verdict = await attempt(right, deviceToken);
    assert.ok(verdict.accepted);
    return verdict.device.token;
  }

  it('has one allowance for an account, however its name is spelled', async () => {
    await test.database.transaction((tx) =>
      addAccount(tx, test.configuration, { username: 'kim', password: right, roles: [] }, {}),
    );
    // A capital I with a dot, and the sign of Kelvin: to the database both are the small letter.
    for (const name of ['kim', 'kİm', '\u212AIM']) {
      assert.equal(read(await attempt('wrong', undefined, name)), 'wrong');
    }
    for (const name of ['kim', 'KİM', '\u212Aim']) assert.equal(await guess(undefined, name), 60, name);
  });

  it('waits longer after each wrong password, up to the longest, of a known account and of an unknown one alike', async () => {
    for (const name of [username, `nobody-${people}`]) {
      await test.clock.set(0);
      for (let tries = 0; tries < 3; tries += 1) assert.equal(await guess(undefined, name), 'wrong');
      let now = 0;
      for (const wait of [60, 120, 240, 300, 300]) {
        assert.equal(await guess(undefined, name), wait);
        await test.clock.set(now + wait - 1);
        assert.equal(await guess(undefined, name.toUpperCase()), 1);
        now += wait;
        await test.clock.set(now);
        assert.equal(await guess(undefined, name), 'wrong', `after ${wait} s one is looked at`);
      }
    }
  });

  it('begins anew after a right password, and when none was wrong for long', async () => {
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual([await guess(), await guess()], ['wrong', 'wrong']);
      await enter();
    }
    for (let tries = 0; tries < 3; tries += 1) await guess();
    await test.clock.set(60 + 300);
    for (let tries = 0; tries < 3; tries += 1) assert.equal(await guess(), 'wrong');
    assert.equal(await guess(), 60);
  });

  it('of a browser that signed in before has an allowance of its own', async () => {
    const device = await enter();
    for (let tries = 0; tries < 3; tries += 1) await guess();
    assert.equal(read(await attempt(right)), 60, 'strangers wait, whatever they know');
    const renewed = await enter(device);
    assert.equal(read(await attempt(right)), 60, 'and wait on');
    assert.equal(read(await attempt(right, device)), 60, 'the old token of the browser is nothing any more');
    assert.deepEqual([await guess(renewed), await guess(renewed)], ['wrong', 'wrong']);
    assert.equal(read(await attempt(right, renewed)), 60, 'its own wrong ones count too');
  });

  it('of another account leaves the browser known, and its wrong passwords counted', async () => {
    const device = await enter();
    const [mine, owner] = [username, accountId];
    username = `other-${people}`;
    await test.database.transaction((tx) =>
      addAccount(tx, test.configuration, { username, password: right, roles: [] }, {}),
    );
    assert.equal(await guess(device, mine), 'wrong');
    const renewed = await enter(device);
    assert.equal(await guess(renewed, mine), 'wrong');
    assert.equal(await guess(renewed, mine), 60);
    assert.equal(await countKnownDevices(test.database, owner), 1);
  });

  it('makes only so many browsers known, and for so long', async () => {
    const tokens: string[] = [];
    for (const at of [0, 1, 2]) {
      await test.clock.set(at);
      tokens.push(await enter());
    }
    assert.equal(await countKnownDevices(test.database, accountId), 2);
    for (let tries = 0; tries < 3; tries += 1) await guess();
    const [first, , last] = tokens;
    assert.equal(await guess(first), 60, 'it is a stranger again');
    assert.equal(await guess(last), 'wrong');
    await test.clock.set(1002);
    assert.equal(await countKnownDevices(test.database, accountId), 0);
    await test.clock.set(1003);
    await deleteExpired(test.database);
    assert.deepEqual(
      await sql(test.database, 'select from known_devices where account_id = $1', accountId),
      [],
    );
  });

  it('is forgotten with a new password: no browser is known, nobody waits', async () => {
    const device = await enter();
    for (let tries = 0; tries < 3; tries += 1) await guess();
    const keeps = await storeSession(test.database, { accountId });
    const change = { accountId, keeps, current: right, next: 'harbour lamp fern', usedAlone: true };
    await changePassword(test.database, test.configuration, { ...change, serviceName: 'Curfew' }, {});
    for (let tries = 0; tries < 3; tries += 1) assert.equal(await guess(device), 'wrong');
    assert.equal(await guess(device), 60);
  });

  it('goes on once the account is unlocked; the trail has that, and the first refusal', async () => {
    for (let tries = 0; tries < 6; tries += 1) await guess();
    const unlock = () =>
      test.database.transaction((tx) => unlockAccount(tx, { accountId, username }, { actor: 'operator' }));
    assert.equal(await unlock(), 3);
    assert.equal(await unlock(), 0);
    await enter();
    const names = (await listAccountEvents(test.database, accountId)).map(({ name }) => name);
    assert.equal(names.filter((name) => name === 'rate_limit.exceeded').length, 1);
    assert.equal(names.filter((name) => name === 'account.unlocked').length, 1);
  });

  it('gets past no limit by being made many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => guess()));
    assert.equal(answers.filter((answer) => answer === 'wrong').length, 3);
  });
});
