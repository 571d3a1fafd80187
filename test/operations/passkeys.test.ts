import assert from 'node:assert/strict';
import { relyingPartyOf } from '../../src/credentials/relying_party.ts';
import { deleteAccount } from '../../src/operations/delete_account.ts';
import { challengeSeconds } from '../../src/operations/passkey_challenges.ts';
import {
  beginPasskeyRegistration,
  mostPasskeys,
  registerPasskey,
} from '../../src/operations/register_passkey.ts';
import { removePasskey } from '../../src/operations/remove_passkey.ts';
import { removeSecondFactors } from '../../src/operations/remove_second_factors.ts';
import { renamePasskey } from '../../src/operations/rename_passkey.ts';
import { askForPasskey, verifyPasskey } from '../../src/operations/verify_passkey.ts';
import type { ChallengePlace } from '../../src/operations/passkey_challenges.ts';
import { deleteExpired } from '../../src/store/expired.ts';
import { listPasskeys } from '../../src/store/passkeys.ts';
import { countRecoveryCodes, hasSecondFactor } from '../../src/store/second_factors.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { createSoftAuthenticator } from '../support/soft_authenticator.ts';
import type { SoftAuthenticator, Twist } from '../support/soft_authenticator.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { findEnd, storeAccount, storeSession } from '../support/stored_facts.ts';

const issuer = 'https://login.example.com';
const party = relyingPartyOf(issuer);

describe('the passkeys of an account', () => {
  let test: OperationTest;
  let accountId: string;
  let sessionId: string;
  let device: SoftAuthenticator;
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
    device = createSoftAuthenticator(issuer);
  });

  const begin = async (owner = { accountId, sessionId }) =>
    (await beginPasskeyRegistration(test.database, party, owner, 'Curfew')) ?? '';
  const keep = (answer: string, name = 'Laptop', owner = { accountId, sessionId }) =>
    registerPasskey(test.database, party, { ...owner, answer, name }, {});
  /** Each a second after the one before, so that they have an order. */
  const register = async (name = 'Laptop', twist: Twist = {}) => {
    await advance(1);
    return await keep(device.create(await begin(), twist), name);
  };
  const place = (): ChallengePlace => ({ purpose: 'second_factor', boundTo: sessionId });
  const ask = async () => (await askForPasskey(test.database, party, { accountId, place: place() })) ?? '';
  const prove = (answer: string) =>
    verifyPasskey(test.database, party, { accountId, place: place(), answer }, {});
  const names = async () => (await listAccountEvents(test.database, accountId)).map(({ name }) => name);
  const mails = async () =>
    (
      await sql<{ mail: string }>(
        test.database,
        `select payload ->> 'mail' as mail from notices where payload ->> 'accountId' = $1 order by notice_id`,
        accountId,
      )
    ).map(({ mail }) => mail);
  const remove = (passkeyId: string, owner = accountId) =>
    test.database.transaction((tx) =>
      removePasskey(tx, test.configuration, { accountId: owner, passkeyId, keeps: sessionId }, {}),
    );
  const refused = (reason: string) => ({ accepted: false, reason });

  it('are made by a page of this issuer, with recovery codes where nothing was there before', async () => {
    const first = await register();
    assert.equal(first.registered && first.recoveryCodes.length, 10);
    assert.equal(await countRecoveryCodes(test.database, accountId), 10);
    const second = await register('Key');
    assert.deepEqual(second.registered && second.recoveryCodes, []);
    const [laptop, key] = await listPasskeys(test.database, accountId);
    assert.deepEqual([laptop?.name, key?.name], ['Laptop', 'Key']);
    assert.deepEqual(laptop?.transports, ['internal']);
    assert.equal(laptop?.credentialId.toString('base64url'), device.credentialIds[0]);
    assert.equal(laptop?.lastUsedAt, null);
    assert.equal((await names()).filter((name) => name === 'factor.enrolled').length, 2);
    assert.deepEqual(await mails(), ['passkey_added', 'passkey_added']);
  });

  it('are asked for without a word about whose account it is', async () => {
    const request = JSON.parse(await begin()) as {
      user: { id: string };
      rp: { id: string };
      attestation: string;
    };
    assert.equal(request.rp.id, 'login.example.com');
    assert.equal(request.attestation, 'none');
    const handle = Buffer.from(request.user.id, 'base64url');
    assert.equal(handle.length, 32);
    assert.ok(!handle.includes(accountId));
  });

  const wrongMakes: [string, Twist][] = [
    ['on a page of another origin', { origin: 'https://login.example.com.evil.example' }],
    ['on the same host over another port', { origin: 'https://login.example.com:8443' }],
    ['for another relying party', { rpId: 'example.com' }],
    ['under another id than the browser told', { toldId: 'AAAA' }],
    ['with an id longer than any may be', { idLength: 1024 }],
    ['with such an id, and a shorter one told', { idLength: 1024, toldId: 'AAAA' }],
    ['without an id', { idLength: 0, toldId: 'AAAA' }],
  ];
  for (const [how, twist] of wrongMakes) {
    it(`are not kept where they were made ${how}`, async () => {
      assert.deepEqual(await register('Laptop', twist), { registered: false, reason: 'invalid' });
      assert.equal(await hasSecondFactor(test.database, accountId), false);
      assert.deepEqual(await names(), ['mfa.failed']);
    });
  }

  it('are not kept for a challenge that was never made, was answered, or is of another session', async () => {
    const expired = { registered: false, reason: 'expired' };
    const made = (challenge: string) => register('Laptop', { challenge });
    assert.deepEqual(await made('AAAA'), expired);
    const request = await begin();
    assert.equal((await keep(device.create(request))).registered, true);
    assert.deepEqual(await keep(device.create(request)), expired);
    const other = { accountId, sessionId: await storeSession(test.database, { accountId }) };
    assert.deepEqual(await keep(device.create(await begin(other))), expired);
    assert.deepEqual(await keep(device.create(await ask())), expired, 'made for a proof');
  });

  it('are not kept once the page was open for too long, by the clock of the database', async () => {
    const [inTime, late] = [await begin(), await begin()];
    await advance(challengeSeconds - 1);
    assert.equal((await keep(device.create(inTime))).registered, true);
    await advance(1);
    assert.deepEqual(await keep(device.create(late)), { registered: false, reason: 'expired' });
  });

  it('are not kept by a request whose session ended meanwhile, such as with the account', async () => {
    const answer = device.create(await begin());
    await test.database.transaction((tx) => deleteAccount(tx, test.configuration, accountId, {}));
    assert.deepEqual(await keep(answer), { registered: false, reason: 'expired' });
    assert.equal(await hasSecondFactor(test.database, accountId), false);
    assert.equal(await countRecoveryCodes(test.database, accountId), 0);
  });

  it('are of one account each, and as many as there may be', async () => {
    const answer = device.create(await begin());
    assert.equal((await keep(answer)).registered, true);
    const stranger = { accountId: await storeAccount(test.database), sessionId };
    const { challenge } = JSON.parse(await begin(stranger)) as { challenge: string };
    const told = JSON.parse(answer) as { response: { clientDataJSON: string } };
    const clientData = { type: 'webauthn.create', challenge, origin: issuer };
    told.response.clientDataJSON = Buffer.from(JSON.stringify(clientData)).toString('base64url');
    const again = await keep(JSON.stringify(told), 'Mine', stranger);
    assert.deepEqual(again, { registered: false, reason: 'known' });
    const requests = [await begin(), await begin()];
    for (let more = 1; more < mostPasskeys - 1; more += 1) await register(`Number ${more}`);
    const [last, oneTooMany] = requests.map((request) => device.create(request));
    assert.equal((await keep(last ?? '')).registered, true);
    assert.deepEqual(await keep(oneTooMany ?? ''), { registered: false, reason: 'too_many' });
    assert.equal(await begin(), '', 'and no further one is asked for');
  });

  it('prove who it is, and say by which kind of key', async () => {
    await register();
    assert.deepEqual(readAmr(await prove(device.get(await ask()))), ['hwk', 'user']);
    assert.deepEqual(readAmr(await prove(device.get(await ask(), { verified: false }))), ['hwk']);
    device = createSoftAuthenticator(issuer, { synced: true });
    await register('Phone');
    assert.deepEqual(readAmr(await prove(device.get(await ask()))), ['swk', 'user']);
    const [laptop, phone] = await listPasskeys(test.database, accountId);
    assert.deepEqual([laptop?.backupEligible, phone?.backupEligible], [false, true]);
    assert.notEqual(laptop?.lastUsedAt, null);
    assert.equal((await names()).filter((name) => name === 'mfa.passed').length, 3);
  });
  const readAmr = (verdict: Awaited<ReturnType<typeof prove>>) =>
    verdict.accepted ? verdict.amr : verdict.reason;

  const wrongProofs: [string, Twist, string][] = [
    ['on a page of another origin', { origin: 'https://login.example.com.evil.example' }, 'invalid'],
    ['over http', { origin: 'http://login.example.com' }, 'invalid'],
    ['for another relying party', { rpId: 'example.com' }, 'invalid'],
    ['for the account of somebody else', { userHandle: 'AAAA' }, 'invalid'],
    ['with a count that went back', { counter: 1 }, 'counter'],
    ['with a challenge of no page', { challenge: 'AAAA' }, 'expired'],
  ];
  for (const [how, twist, reason] of wrongProofs) {
    it(`prove nothing ${how}`, async () => {
      await register('Laptop', { counter: 1 });
      assert.deepEqual(await prove(device.get(await ask(), twist)), refused(reason));
      const [{ detail } = { detail: {} }] = (await listAccountEvents(test.database, accountId)).slice(-1);
      assert.deepEqual(detail, { method: 'passkey', reason });
      assert.equal((await prove(device.get(await ask()))).accepted, true, 'and the right one still does');
    });
  }

  it('prove nothing with another signature, another key, or none of it', async () => {
    await register();
    const answer = JSON.parse(device.get(await ask())) as { response: { signature: string } };
    const signature = Buffer.from(answer.response.signature, 'base64url');
    signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
    answer.response.signature = signature.toString('base64url');
    assert.deepEqual(await prove(JSON.stringify(answer)), refused('invalid'));
    const stranger = createSoftAuthenticator(issuer);
    stranger.create(await begin());
    assert.deepEqual(await prove(stranger.get(await ask())), refused('unknown'));
    for (const text of [
      '',
      '{}',
      'null',
      '[]',
      '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
    ]) {
      assert.deepEqual(await prove(text), refused('malformed'), text);
    }
  });

  it('prove nothing twice by one answer, however it is sent', async () => {
    await register();
    const answer = device.get(await ask());
    const verdicts = await Promise.all([prove(answer), prove(answer), prove(answer)]);
    assert.equal(verdicts.filter(({ accepted }) => accepted).length, 1);
    assert.deepEqual(await prove(answer), refused('expired'));
  });

  it('prove nothing once a copy has signed more often', async () => {
    await register();
    const copy = device.copy();
    assert.equal((await prove(device.get(await ask()))).accepted, true);
    assert.deepEqual(await prove(copy.get(await ask())), refused('counter'));
  });

  it('may keep no count at all', async () => {
    await register('Phone', { counter: 0 });
    for (let uses = 0; uses < 2; uses += 1) {
      assert.equal((await prove(device.get(await ask(), { counter: 0 }))).accepted, true);
    }
    assert.equal((await prove(device.get(await ask(), { counter: 5 }))).accepted, true);
    assert.deepEqual(await prove(device.get(await ask(), { counter: 0 })), refused('counter'));
  });

  it('prove nothing for another account, or in another session than they were asked in', async () => {
    await register();
    const owner = { accountId, sessionId, device };
    accountId = await storeAccount(test.database);
    sessionId = await storeSession(test.database, { accountId });
    device = createSoftAuthenticator(issuer);
    await register('Mine');
    assert.deepEqual(await prove(owner.device.get(await ask())), refused('foreign'));
    const request = await ask();
    sessionId = await storeSession(test.database, { accountId });
    assert.deepEqual(await prove(device.get(request)), refused('expired'));
  });

  it('neither wait for wrong codes nor forgive them', async () => {
    await register();
    await sql(
      test.database,
      `insert into second_factor_states (account_id, failures, blocked_until)
       values ($1, 7, curfew_now() + interval '1 hour')`,
      accountId,
    );
    assert.equal((await prove(device.get(await ask()))).accepted, true);
    const { failures } = await sqlOne<{ failures: number }>(
      test.database,
      'select failures from second_factor_states where account_id = $1',
      accountId,
    );
    assert.equal(failures, 7);
  });

  it('are renamed, and get a name where none is given', async () => {
    await register();
    const [{ passkeyId } = { passkeyId: '' }] = await listPasskeys(test.database, accountId);
    const rename = (name: string, owner = accountId) =>
      test.database.transaction((tx) => renamePasskey(tx, { accountId: owner, passkeyId, name }, {}));
    const stranger = await storeAccount(test.database);
    assert.equal(await rename('Mine', stranger), false);
    assert.equal(await rename('Old laptop'), true);
    assert.equal((await listPasskeys(test.database, accountId))[0]?.name, 'Old laptop');
    assert.equal(await rename(''), true);
    assert.equal((await listPasskeys(test.database, accountId))[0]?.name, 'Passkey');
  });

  it('end every other session when one is removed, and the recovery codes with the last', async () => {
    await register();
    await register('Key');
    const other = await storeSession(test.database, { accountId });
    const [laptop, key] = (await listPasskeys(test.database, accountId)).map(({ passkeyId }) => passkeyId);
    assert.equal(await remove(laptop ?? '', await storeAccount(test.database)), undefined);
    assert.equal(await remove(laptop ?? ''), 1);
    assert.equal((await findEnd(test.database, 'sessions', other)).reason, 'credential_changed');
    assert.equal((await findEnd(test.database, 'sessions', sessionId)).reason, null);
    const removed = device.get(await ask(), { credentialId: device.credentialIds[0] ?? '' });
    assert.deepEqual(await prove(removed), refused('unknown'));
    assert.equal(await countRecoveryCodes(test.database, accountId), 10);
    assert.equal(await remove(key ?? ''), 0);
    assert.equal(await countRecoveryCodes(test.database, accountId), 0);
    assert.deepEqual((await mails()).slice(-2), ['passkey_removed', 'factors_removed']);
  });

  it('go with all other second factors, and are counted', async () => {
    await register();
    const removed = await test.database.transaction((tx) =>
      removeSecondFactors(tx, test.configuration, { accountId }, {}),
    );
    assert.equal(removed, 1);
    assert.deepEqual(await listPasskeys(test.database, accountId), []);
  });

  it('leave no challenge behind in the clear, and none once its time is over', async () => {
    const { challenge } = JSON.parse(await begin()) as { challenge: string };
    const rows = await sql<{ hash: Buffer }>(
      test.database,
      'select challenge_hash as hash from passkey_challenges',
    );
    assert.ok(rows.length > 0);
    assert.ok(rows.every(({ hash }) => !hash.equals(Buffer.from(challenge, 'base64url'))));
    await advance(challengeSeconds + 1);
    await deleteExpired(test.database);
    assert.deepEqual(await sql(test.database, 'select from passkey_challenges'), []);
  });
});
