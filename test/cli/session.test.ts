import assert from 'node:assert/strict';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';
import { sqlOne } from '../support/sql.ts';

interface Listed {
  id: string;
  kind: string;
  clients: string[];
  idleEndAt: string;
  absoluteEndAt: string;
}

describe('curfew session', () => {
  let test: TestDatabase;
  let accountId: string;
  let username: string;
  let sessionId: string;
  let bound: string;
  let offline: string;

  before(async () => {
    test = await createTestDatabase();
    const configuration = { ...exampleConfiguration(), users: undefined };
    await test.database.transaction((tx) => applyConfiguration(tx, configuration, { origin: {} }));
  });
  after(async () => {
    await endProcesses();
    await test.drop();
  });
  beforeEach(async () => {
    accountId = await storeAccount(test.database, ['member']);
    const find = 'select username from accounts where account_id = $1';
    ({ username } = await sqlOne<{ username: string }>(test.database, find, accountId));
    sessionId = await storeSession(test.database, { accountId, startedAgo: 600, clientIds: ['shop'] });
    const store = async (isBound: boolean) =>
      (await storeFamily(test.database, { accountId, sessionId, bound: isBound, startedAgo: 600 })).familyId;
    [bound, offline] = [await store(true), await store(false)];
  });

  const session = (...args: string[]) =>
    runCurfew(['session', ...args], { CURFEW_DATABASE_URL: test.serverUrl });
  const list = async (...args: string[]) => JSON.parse((await session(...args, '--json')).stdout) as Listed[];
  const reasonOf = async (table: 'sessions' | 'families', id: string) =>
    (await findEnd(test.database, table, id)).reason;

  it('lists what is alive with both deadlines, and shows what came from a session', async () => {
    const over = await storeSession(test.database, { accountId, startedAgo: 90_000, activeAgo: 4000 });
    const listed = await list('list', '--user', username);
    assert.deepEqual(
      listed.map(({ id, kind }) => [id, kind]),
      [
        [sessionId, 'session'],
        [offline, 'offline'],
      ],
    );
    const [first] = listed;
    const from = (iso: string | undefined) => Math.round((Date.parse(iso ?? '') - Date.now()) / 1000);
    assert.ok(Math.abs(from(first?.idleEndAt) - 3000) < 60);
    assert.ok(Math.abs(from(first?.absoluteEndAt) - 85_800) < 60);
    assert.deepEqual(first?.clients, ['shop']);
    assert.ok(!listed.some(({ id }) => id === over));

    const shown = await list('show', sessionId);
    assert.deepEqual(shown.map(({ kind }) => kind).toSorted(), ['bound', 'offline', 'session']);
    const lines = (await session('list', '--user', username)).stdout;
    assert.match(lines, new RegExp(`^${sessionId}  session  ${username}  shop  -  active `, 'm'));
  });

  it('ends a session with all that came from it, and one family alone', async () => {
    const other = await storeFamily(test.database, { accountId, sessionId: 'gone', bound: false });
    const ended = await session('end', sessionId);
    assert.deepEqual([ended.code, ended.stdout], [0, 'ended 1 sessions and 2 families\n']);
    assert.equal(await reasonOf('sessions', sessionId), 'ended_by_operator');
    for (const id of [bound, offline]) assert.equal(await reasonOf('families', id), 'ended_by_operator');
    assert.equal(await reasonOf('families', other.familyId), null);
    assert.equal((await session('end', other.familyId)).stdout, 'ended 0 sessions and 1 families\n');
  });

  it('ends with words for whom it was, which the trail has not', async () => {
    const ended = await session('end', sessionId, '--reason', 'Your device was reported lost', '--json');
    assert.deepEqual(JSON.parse(ended.stdout), { sessions: 1, families: 2 });
    const { note, told } = await sqlOne<{ note: string; told: number }>(
      test.database,
      `select end_note as note, (select count(*)::int from audit_events where detail::text like '%reported lost%') as told
       from sessions where session_id = $1`,
      sessionId,
    );
    assert.deepEqual([note, told], ['Your device was reported lost', 0]);
    assert.equal((await session('end', '--user', username, '--reason', 'x')).code, 2);
    assert.equal((await session('end', sessionId, '--reason', 'two\nlines')).code, 2);
  });

  it('ends everything of one account', async () => {
    const stranger = await storeSession(test.database, { accountId: await storeAccount(test.database) });
    assert.equal((await session('end', '--user', username)).stdout, 'ended 1 sessions and 2 families\n');
    assert.equal(await reasonOf('sessions', stranger), null);
    assert.equal((await session('end', sessionId)).stdout, 'ended 0 sessions and 0 families\n');
  });

  it('says in one line what cannot be done, and changes nothing', async () => {
    const unknown = await session('end', sessionId, 'nonexistent');
    assert.deepEqual([unknown.code, unknown.stderr], [1, 'There is no session or family nonexistent.\n']);
    assert.equal(await reasonOf('sessions', sessionId), null);
    assert.equal((await session('show', 'nonexistent')).code, 1);
    assert.equal((await session('list', '--user', 'nobody')).code, 1);
    assert.equal((await session('end')).code, 2);
    assert.equal((await session('end', sessionId, '--user', username)).code, 2);
  });
});
