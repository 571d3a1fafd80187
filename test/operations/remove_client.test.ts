import assert from 'node:assert/strict';
import { removeClient } from '../../src/operations/remove_client.ts';
import { revertConfiguration } from '../../src/operations/revert_configuration.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import {
  findConfigurationsBetween,
  listConfigurationVersions,
} from '../../src/store/configuration_history.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { listAccountEvents, prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot, sql, sqlOne } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

describe('removeClient', () => {
  let test: OperationTest;
  let accountId: string;
  let sessionId: string;

  beforeEach(async () => {
    test = await prepareOperationTest();
    accountId = await storeAccount(test.database, ['member']);
    sessionId = await storeSession(test.database, { accountId, clientIds: ['shop'] });
  });
  afterEach(() => test.drop());

  const origin = { actor: 'admin:somebody', requestId: 'a request' };
  const remove = (clientId = 'shop') => test.database.transaction((tx) => removeClient(tx, clientId, origin));
  const store = (clientId: string, bound: boolean, activeAgo = 1) =>
    storeFamily(test.database, { accountId, sessionId, clientId, bound, startedAgo: 5000, activeAgo });
  const endOf = async (table: 'sessions' | 'families', id: string) =>
    (await findEnd(test.database, table, id)).reason;
  const standing = async () => await loadConfiguration(test.database);

  it('ends its families, bound and offline, and spares sessions and other clients', async () => {
    const own = [await store('shop', true), await store('shop', false)];
    const [over, other] = [await store('shop', false, 1900), await store('portal', true)];
    assert.deepEqual(await remove(), { families: 3 });
    for (const { familyId } of own) assert.equal(await endOf('families', familyId), 'client_disabled');
    assert.equal(await endOf('families', over.familyId), 'idle_timeout', 'the limit had passed before');
    assert.equal(await endOf('families', other.familyId), null);
    assert.equal(await endOf('sessions', sessionId), null);
    const { clients } = await standing();
    assert.deepEqual([clients.has('shop'), clients.has('portal')], [false, true]);
  });

  it('leaves the trail and the history, in a version by who did it', async () => {
    await store('shop', false);
    const { version: before } = await standing();
    await remove();
    const { version } = await standing();
    const [made] = await listConfigurationVersions(test.database, { most: 1, mostChanges: 5 });
    assert.deepEqual(
      [made?.version, made?.author, made?.accountId, made?.changeCount],
      [version, 'admin', 'somebody', 1],
    );
    const around = await findConfigurationsBetween(test.database, { from: before, to: version });
    assert.deepEqual([around?.before.clients.has('shop'), around?.after.clients.has('shop')], [true, false]);
    const [ended] = await listAccountEvents(test.database, accountId);
    assert.deepEqual([ended?.name, ended?.detail.reason], ['family.ended', 'client_disabled']);
    const { detail } = await sqlOne<{ detail: { differences: unknown[] } }>(
      test.database,
      "select detail from audit_events where name = 'configuration.applied' order by event_id desc limit 1",
    );
    assert.deepEqual(detail.differences, [{ section: 'clients', name: 'shop', kind: 'removed', fields: [] }]);
  });

  it('leaves what a file leaves that no longer has it', async () => {
    const rest = async () => {
      const { clients, families, sessions, authorization_codes: codes } = await snapshot(test.database);
      const reasons = (families as { ended_reason?: string; client_id: string }[]).map((family) => [
        family.client_id,
        family.ended_reason,
      ]);
      return { clients, reasons: new Set(reasons.map(String)), sessions: sessions?.length, codes };
    };
    for (const bound of [true, false]) await store('shop', bound);
    await sql(
      test.database,
      `insert into authorization_codes (code_hash, account_id, client_id, session_id, grant_id, payload,
         last_activity_at, expires_at)
       values ('\\x01', $1, 'shop', $2, 'a grant', '{}', curfew_now(), curfew_now() + interval '1 minute')`,
      accountId,
      sessionId,
    );
    await remove();
    const removed = await rest();
    assert.deepEqual(removed.codes, []);
    await test.drop();

    test = await prepareOperationTest();
    accountId = await storeAccount(test.database, ['member']);
    sessionId = await storeSession(test.database, { accountId, clientIds: ['shop'] });
    for (const bound of [true, false]) await store('shop', bound);
    const { clients } = exampleConfiguration();
    await test.apply({ clients: new Map([...clients].filter(([clientId]) => clientId !== 'shop')) });
    assert.deepEqual(await rest(), removed);
  });

  it('forgets what people allowed it: whoever has its name later asks anew', async () => {
    await sql(
      test.database,
      `insert into grants (grant_id, account_id, client_id, payload)
       select client_id || ' grant', $1, client_id, '{}' from (values ('shop'), ('portal')) of (client_id)`,
      accountId,
    );
    await remove();
    assert.deepEqual(await sql(test.database, 'select grant_id from grants'), [{ grant_id: 'portal grant' }]);
  });

  it('comes back by a revert, with a secret that proves nothing and with nothing revived', async () => {
    const { familyId } = await store('shop', false);
    const { version, clients } = await standing();
    const secretHash = clients.get('shop')?.secretHash;
    await remove();
    await test.database.transaction((tx) => revertConfiguration(tx, version, { origin }));
    const back = (await standing()).clients.get('shop');
    assert.ok(back?.secretHash && !back.secretHash.equals(secretHash ?? Buffer.alloc(0)));
    assert.equal(await endOf('families', familyId), 'client_disabled');
  });

  it('is one change, however many begin it at once, and refuses a client that there is not', async () => {
    await store('shop', false);
    const outcomes = await Promise.allSettled([remove(), remove(), remove()]);
    const told = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.families : (outcome.reason as { code: string }).code,
    );
    assert.deepEqual(told.map(String).toSorted(), ['1', 'client_unknown', 'client_unknown']);
    const before = await snapshot(test.database);
    await assert.rejects(remove('none'), { code: 'client_unknown' });
    assert.deepEqual(await snapshot(test.database), before);
  });
});
