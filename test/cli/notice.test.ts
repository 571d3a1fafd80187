import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ListedNotice } from '../../src/store/undelivered_notices.ts';
import { buryNotices, insertNotices } from '../../src/store/notices.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { sql } from '../support/sql.ts';

describe('curfew notice', () => {
  let test: TestDatabase;
  const notice = (...args: string[]) =>
    runCurfew(['notice', ...args], { CURFEW_DATABASE_URL: test.serverUrl });

  before(async () => {
    test = await createTestDatabase();
  });
  after(async () => {
    await endProcesses();
    await test.drop();
  });

  it('lists what is not delivered, and replays what was given up', async () => {
    assert.equal((await notice('list')).stdout, 'Everything is delivered.\n');
    for (const receiver of ['client:shop', 'client:portal'])
      await insertNotices(test.database, [{ kind: 'backchannel_logout', receiver, payload: {} }]);
    const [{ id } = { id: '' }] = await sql<{ id: string }>(
      test.database,
      `select notice_id as id from notices where receiver = 'client:shop'`,
    );
    await buryNotices(test.database, [{ noticeId: id, error: 'the client answered 400' }]);
    assert.match(
      (await notice('list')).stdout,
      /client:shop.*given up.*answered 400\n.*client:portal.*waiting/,
    );
    const dead = JSON.parse((await notice('list', '--dead', '--json')).stdout) as ListedNotice[];
    assert.deepEqual(
      dead.map(({ noticeId }) => noticeId),
      [id],
    );

    const unknown = await notice('replay', randomUUID(), id);
    assert.deepEqual(
      [unknown.code, unknown.stderr],
      [1, 'Not all of these are notices that were given up.\n'],
    );
    const replayed = await notice('replay', id);
    assert.deepEqual([replayed.code, replayed.stdout], [0, '1 notices will be tried again.\n']);
    assert.equal((await notice('replay')).code, 2);
    assert.equal((await notice('replay', '--all')).stdout, '0 notices will be tried again.\n');
    const events = await sql(test.database, `select from audit_events where name = 'notice.replayed'`);
    assert.equal(events.length, 1);
  });
});
