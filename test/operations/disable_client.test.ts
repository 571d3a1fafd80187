import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { disableClient, enableClient } from '../../src/operations/disable_client.ts';
import { listConfigurationVersions } from '../../src/store/configuration_history.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot, sql } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';
import { findConfigurationAt } from '../support/find_configuration_at.ts';

describe('disableClient', () => {
  let test: OperationTest;
  let accountId: string;
  let sessionId: string;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    accountId = await storeAccount(test.database, ['member']);
    sessionId = await storeSession(test.database, { accountId, clientIds: ['shop'] });
  });
  afterEach(() => enable());

  const origin = { actor: 'admin:somebody', requestId: 'a request' };
  const disable = (clientId = 'shop') =>
    test.database.transaction((tx) => disableClient(tx, clientId, origin));
  const enable = (clientId = 'shop') => test.database.transaction((tx) => enableClient(tx, clientId, origin));
  const store = (clientId: string, bound: boolean, activeAgo = 1) =>
    storeFamily(test.database, { accountId, sessionId, clientId, bound, startedAgo: 5000, activeAgo });
  const endOf = async (table: 'sessions' | 'families', id: string) =>
    (await findEnd(test.database, table, id)).reason;
  const standing = async () => await loadConfiguration(test.database);
  const eventsOfClients = () =>
    sql(
      test.database,
      `select name, client_id as client, request_id as request, detail from audit_events
       where name like 'client.%' order by event_id desc limit 2`,
    );

  async function storeTokensAndCodes(clientId: string): Promise<void> {
    for (const owner of [accountId, null])
      await sql(
        test.database,
        `insert into access_tokens (token_hash, account_id, client_id, expires_at)
         values ($1, $2, $3, curfew_now() + interval '1 minute')`,
        randomBytes(32),
        owner,
        clientId,
      );
    for (const consumed of [true, false])
      await sql(
        test.database,
        `insert into authorization_codes (code_hash, account_id, client_id, session_id, grant_id, payload,
           last_activity_at, expires_at, consumed_at)
         values ($1, $2, $3, $4, 'a grant', '{}', curfew_now(), curfew_now() + interval '1 minute',
           case when $5 then curfew_now() end)`,
        randomBytes(32),
        accountId,
        clientId,
        sessionId,
        consumed,
      );
  }
  const countRest = (clientId: string) =>
    sql(
      test.database,
      `select (select count(*)::int from access_tokens where client_id = $1) as tokens,
         (select count(*)::int from authorization_codes where client_id = $1 and account_id = $2) as codes`,
      clientId,
      accountId,
    );

  it('ends its families, bound and offline, and spares sessions and other clients', async () => {
    const own = [await store('shop', true), await store('shop', false)];
    const other = await store('portal', true);
    assert.deepEqual(await disable(), { families: 2 });
    for (const { familyId } of own) assert.equal(await endOf('families', familyId), 'client_disabled');
    assert.equal(await endOf('families', other.familyId), null);
    assert.equal(await endOf('sessions', sessionId), null);
    const ends = await listAccountEvents(test.database, accountId);
    assert.deepEqual(
      ends.map(({ name, detail }) => [name, detail.reason]),
      [
        ['family.ended', 'client_disabled'],
        ['family.ended', 'client_disabled'],
      ],
    );
  });

  it('keeps a limit that had passed as the reason', async () => {
    const over = await store('shop', false, 1900);
    assert.deepEqual(await disable(), { families: 1 });
    assert.equal(await endOf('families', over.familyId), 'idle_timeout');
  });

  it('makes a version by who did it, of that one change, and an event that names both', async () => {
    await store('shop', false);
    await disable();
    const { version, clients } = await standing();
    assert.equal(clients.get('shop')?.disabled, true);
    const [made] = await listConfigurationVersions(test.database, { most: 1, mostChanges: 5 });
    assert.deepEqual(
      [made?.version, made?.author, made?.accountId, made?.changeCount],
      [version, 'admin', 'somebody', 1],
    );
    const past = await findConfigurationAt(test.database, version);
    assert.equal(past?.clients.get('shop')?.disabled, true);
    const [event] = await eventsOfClients();
    assert.deepEqual(event, {
      name: 'client.disabled',
      client: 'shop',
      request: 'a request',
      detail: { version, families: 1, actor: 'admin:somebody' },
    });
  });

  it('forgets tokens without a family, and keeps codes, whose exchange is told', async () => {
    await storeTokensAndCodes('shop');
    await storeTokensAndCodes('spa');
    await disable();
    assert.deepEqual(await countRest('shop'), [{ tokens: 0, codes: 2 }]);
    assert.deepEqual(await countRest('spa'), [{ tokens: 2, codes: 2 }]);
  });

  it('changes nothing the second time, and refuses a client that there is not', async () => {
    await disable();
    const before = await snapshot(test.database);
    assert.deepEqual(await disable(), { families: 0 });
    await assert.rejects(disable('none'), { code: 'client_unknown' });
    await assert.rejects(enable('none'), { code: 'client_unknown' });
    assert.deepEqual(await snapshot(test.database), before);
  });

  it('is one change, however many begin it at once', async () => {
    await store('shop', false);
    const ended = await Promise.all([disable(), disable(), disable()]);
    assert.deepEqual(
      ended.map(({ families }) => families).toSorted((a, b) => a - b),
      [0, 0, 1],
    );
  });

  it('stands whatever file is applied', async () => {
    await disable();
    await test.apply({ branding: { name: 'Another' } });
    assert.equal((await standing()).clients.get('shop')?.disabled, true);
    await test.apply({ branding: {} });
  });

  describe('enableClient', () => {
    it('revives nothing, not even what was issued in the moment of the disabling', async () => {
      await disable();
      const late = await store('shop', false);
      await storeTokensAndCodes('shop');
      await enable();
      assert.equal(await endOf('families', late.familyId), 'client_disabled');
      assert.deepEqual(await countRest('shop'), [{ tokens: 0, codes: 1 }]);
    });

    it('makes a version and an event, and nothing the second time', async () => {
      await disable();
      await enable();
      const { version, clients } = await standing();
      assert.equal(clients.get('shop')?.disabled, false);
      const [event] = await eventsOfClients();
      assert.deepEqual(event, {
        name: 'client.enabled',
        client: 'shop',
        request: 'a request',
        detail: { version, actor: 'admin:somebody' },
      });
      const before = await snapshot(test.database);
      await enable();
      assert.deepEqual(await snapshot(test.database), before);
    });
  });
});
