import assert from 'node:assert/strict';
import { insertAuditEvents } from '../../src/store/audit_events.ts';
import type { Database, Queryable } from '../../src/store/database.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

describe('listening to a database', () => {
  let test: TestDatabase;
  let database: Database;
  const heard: string[] = [];

  before(async () => {
    test = await createTestDatabase();
    database = test.database;
    database.listen((news) => heard.push(...news.map(({ name }) => name)));
  });
  after(() => test.drop());
  beforeEach(() => void (heard.length = 0));

  const record = (db: Queryable, name: string) => insertAuditEvents(db, [{ name, detail: {} }]);

  it('tells of what is committed, when it is', async () => {
    await database.transaction(async (tx) => {
      await record(tx, 'account.created');
      await record(tx, 'account.updated');
      assert.deepEqual(heard, []);
    });
    await record(database, 'account.deleted');
    assert.deepEqual(heard, ['account.created', 'account.updated', 'account.deleted']);
  });

  it('tells of nothing that is undone', async () => {
    const work = database.transaction(async (tx) => {
      await record(tx, 'account.created');
      throw new Error('no');
    });
    await assert.rejects(work, /^Error: no$/);
    assert.deepEqual(heard, []);
  });

  it('tells once of what was tried twice', async () => {
    let tries = 0;
    await database.transaction(async (tx) => {
      await record(tx, 'account.created');
      tries += 1;
      if (tries === 1) throw Object.assign(new Error('again'), { code: '40001' });
    });
    assert.deepEqual(heard, ['account.created']);
  });

  it('knows how many connections are busy', async () => {
    await database.transaction(async (tx) => {
      await record(tx, 'account.created');
      const { total, idle, waiting } = database.pool();
      assert.deepEqual([total - idle, waiting], [1, 0]);
    });
    const { total, idle } = database.pool();
    assert.equal(total, idle);
  });
});
