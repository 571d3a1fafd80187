import assert from 'node:assert/strict';
import type { Database } from '../../src/store/database.ts';
import { commitTouch } from '../../src/store/session_touch.ts';
import type { TouchCommit } from '../../src/store/session_touch.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { freezeClock, frozenEpoch } from '../support/frozen_clock.ts';
import type { FrozenClock } from '../support/frozen_clock.ts';
import { waitForWaitingCommit } from '../support/lock_wait.ts';
import { snapshot, sql, sqlOne } from '../support/sql.ts';
import { storeAccount, storeSession } from '../support/stored_facts.ts';

describe('touch_commit', () => {
  let test: TestDatabase;
  let database: Database;
  let clock: FrozenClock;
  let accountId: string;
  let sessionId: string;

  before(async () => {
    test = await createTestDatabase();
    database = test.database;
    clock = await freezeClock(test);
  });
  after(() => test.drop());
  beforeEach(async () => {
    await clock.set(0);
    accountId = await storeAccount(database);
    sessionId = await storeSession(database, { accountId, startedAgo: 0, clientIds: ['shop'] });
  });

  const at = (seconds: number) => frozenEpoch + seconds * 1_000_000;

  async function build(change: Partial<TouchCommit> = {}): Promise<TouchCommit> {
    const versions = await sqlOne<{ account: number; configuration: number }>(
      database,
      `select a.version::float8 as account, c.version::float8 as configuration
       from accounts a, configuration_state c where a.account_id = $1`,
      accountId,
    );
    return {
      sessionId,
      clientIds: ['shop'],
      accountVersion: versions.account,
      configurationVersion: versions.configuration,
      limits: { idle: 600, absolute: 3600 },
      inactiveFor: 0,
      detail: {},
      ...change,
    };
  }

  async function assertChanged(commit: TouchCommit): Promise<void> {
    const before = await snapshot(database);
    assert.equal(await commitTouch(database, commit), undefined);
    assert.deepEqual(await snapshot(database), before, 'nothing is written');
  }

  it('moves the activity to now until a microsecond before the idle limit, not at it', async () => {
    await clock.set(599.999_999);
    const touched = await commitTouch(database, await build());
    assert.deepEqual(touched, { now: at(599.999_999), lastActivityAt: at(599.999_999) });
    await clock.set(599.999_999 + 600);
    await assertChanged(await build());
  });

  it('writes nothing from the absolute limit on', async () => {
    await clock.set(3599.999_999);
    assert.ok(await commitTouch(database, await build({ limits: { idle: 9999, absolute: 3600 } })));
    await clock.set(3600);
    await assertChanged(await build({ limits: { idle: 9999, absolute: 3600 } }));
  });

  it('never moves the activity back, and records only what moved', async () => {
    await clock.set(100);
    await commitTouch(database, await build({ inactiveFor: 30 }));
    const touched = await commitTouch(database, await build({ inactiveFor: 31 }));
    assert.deepEqual(touched, { now: at(100), lastActivityAt: at(70) });
    const events = await sql(database, `select name from audit_events where session_id = $1`, sessionId);
    assert.deepEqual(events, [{ name: 'session.extended' }]);
  });

  it('writes nothing once what it was decided upon has changed', async () => {
    const decided = await build();
    await assertChanged({ ...decided, clientIds: ['portal', 'shop'] });
    await assertChanged({ ...decided, accountVersion: decided.accountVersion - 1 });
    await assertChanged({ ...decided, configurationVersion: decided.configurationVersion - 1 });
    await assertChanged({ ...decided, sessionId: 'another' });
    await sql(
      database,
      `update sessions set ended_at = curfew_now(), end_reason = 'signed_out' where session_id = $1`,
      sessionId,
    );
    await assertChanged(decided);
  });

  it('sees what committed while it waited for the session: an end, and a disabled account', async () => {
    const changes = [
      `update sessions set ended_at = curfew_now(), end_reason = 'signed_out' where session_id = $1`,
      `with locked as (select account_id from sessions where session_id = $1)
       update accounts set version = version + 1, disabled_at = curfew_now() where account_id = (select account_id from locked)`,
    ];
    for (const change of changes) {
      const decided = await build();
      let touching: ReturnType<typeof commitTouch> | undefined;
      await database.transaction(async (tx) => {
        await sql(tx, 'select from sessions where session_id = $1 for update', sessionId);
        touching = commitTouch(database, decided);
        await waitForWaitingCommit(database);
        await sql(tx, change, sessionId);
      });
      assert.equal(await touching, undefined);
      await sql(
        database,
        'update sessions set ended_at = null, end_reason = null where session_id = $1',
        sessionId,
      );
    }
  });

  it('reads the clock after it waited, so that nobody outwaits a limit', async () => {
    const decided = await build();
    let touching: ReturnType<typeof commitTouch> | undefined;
    await database.transaction(async (tx) => {
      await sql(tx, 'select from sessions where session_id = $1 for update', sessionId);
      touching = commitTouch(database, decided);
      await waitForWaitingCommit(database);
      await clock.set(600);
    });
    assert.equal(await touching, undefined);
  });
});
