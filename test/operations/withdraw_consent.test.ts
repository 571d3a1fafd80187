import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { withdrawConsent } from '../../src/operations/withdraw_consent.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

const alive = { reason: null, afterStart: null, afterActivity: null };

describe('withdrawConsent', () => {
  let test: OperationTest;
  let accountId: string;
  let sessionId: string;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    accountId = await storeAccount(test.database, ['member']);
    sessionId = await storeSession(test.database, { accountId });
  });

  const withdraw = (clientId = 'shop') =>
    test.database.transaction((tx) =>
      withdrawConsent(tx, test.configuration, { accountId, clientId }, { requestId: 'a request' }),
    );
  const storeFamilyOf = async (clientId: string, bound: boolean, activeAgo = 1) =>
    (await storeFamily(test.database, { accountId, sessionId, clientId, bound, startedAgo: 5000, activeAgo }))
      .familyId;
  const familyEnd = (id: string) => findEnd(test.database, 'families', id);

  /** A grant, an open code and a token without a family, of a client. */
  async function storeRest(clientId: string): Promise<void> {
    const grantId = randomUUID();
    await sql(
      test.database,
      `insert into grants (grant_id, account_id, client_id, payload) values ($1, $2, $3, '{}')`,
      grantId,
      accountId,
      clientId,
    );
    await sql(
      test.database,
      `insert into authorization_codes (code_hash, account_id, client_id, session_id, grant_id, payload,
         last_activity_at, expires_at)
       values ($1, $2, $3, $4, $5, '{}', curfew_now(), curfew_now() + interval '1 minute')`,
      randomBytes(32),
      accountId,
      clientId,
      sessionId,
      grantId,
    );
    await sql(
      test.database,
      `insert into access_tokens (token_hash, account_id, client_id, session_id, expires_at)
       values ($1, $2, $3, $4, curfew_now() + interval '1 minute')`,
      randomBytes(32),
      accountId,
      clientId,
      sessionId,
    );
  }

  const countRest = (clientId: string) =>
    sqlOne(
      test.database,
      `select (select count(*)::int from grants where account_id = $1 and client_id = $2) as grants,
         (select count(*)::int from authorization_codes where account_id = $1 and client_id = $2) as codes,
         (select count(*)::int from access_tokens where account_id = $1 and client_id = $2) as tokens`,
      accountId,
      clientId,
    );

  it("ends the client's families, bound and offline, and no others", async () => {
    const ended = [await storeFamilyOf('shop', true), await storeFamilyOf('shop', false)];
    const other = await storeFamilyOf('portal', false);
    assert.equal(await withdraw(), true);
    for (const id of ended) assert.equal((await familyEnd(id)).reason, 'consent_withdrawn');
    assert.deepEqual(await familyEnd(other), alive);
    assert.deepEqual(await findEnd(test.database, 'sessions', sessionId), alive);
  });

  it("forgets the client's grant, open codes and tokens without a family, and nobody else's", async () => {
    await storeRest('shop');
    await storeRest('portal');
    assert.equal(await withdraw(), true);
    assert.deepEqual(await countRest('shop'), { grants: 0, codes: 0, tokens: 0 });
    assert.deepEqual(await countRest('portal'), { grants: 1, codes: 1, tokens: 1 });
  });

  it('leaves an event for itself and one for each end', async () => {
    const id = await storeFamilyOf('shop', false);
    await withdraw();
    const [ended, withdrawn] = await listAccountEvents(test.database, accountId);
    assert.deepEqual(
      [ended?.name, ended?.of, ended?.detail.reason],
      ['family.ended', id, 'consent_withdrawn'],
    );
    assert.deepEqual([withdrawn?.name, withdrawn?.detail], ['consent.withdrawn', { families: 1 }]);
  });

  it('keeps a limit that had passed as the reason', async () => {
    const over = await storeFamilyOf('shop', false, 1900);
    await withdraw();
    assert.equal((await familyEnd(over)).reason, 'idle_timeout');
  });

  it('does nothing where the client has nothing, and nothing the second time', async () => {
    assert.equal(await withdraw('nobody'), false);
    await storeFamilyOf('shop', false);
    const outcomes = await Promise.all([withdraw(), withdraw(), withdraw()]);
    assert.equal(outcomes.filter(Boolean).length, 1);
    assert.equal((await listAccountEvents(test.database, accountId)).length, 2);
  });
});
