import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Database } from '../../src/store/database.ts';
import { commitRefresh } from '../../src/store/families.ts';
import type { RefreshCommit } from '../../src/store/families.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { freezeClock } from '../support/frozen_clock.ts';
import type { FrozenClock } from '../support/frozen_clock.ts';
import { buildRefreshCommit, commitLimits, storeRefreshSubject } from '../support/refresh_commits.ts';
import type { RefreshSubject } from '../support/refresh_commits.ts';
import { snapshot, sql, sqlOne } from '../support/sql.ts';

const microsecond = 0.000001;

describe('refresh_commit', () => {
  let test: TestDatabase;
  let database: Database;
  let clock: FrozenClock;

  before(async () => {
    test = await createTestDatabase();
    database = test.database;
    clock = await freezeClock(test);
  });
  after(() => test.drop());
  beforeEach(() => clock.set(0));

  const store = (bound: boolean) => storeRefreshSubject(database, { bound });

  async function assertChanged(commit: RefreshCommit): Promise<void> {
    const before = await snapshot(database);
    assert.deepEqual(await commitRefresh(database, commit), { outcome: 'changed' });
    assert.deepEqual(await snapshot(database), before, 'nothing is written');
  }
  async function assertDone(commit: RefreshCommit): Promise<void> {
    assert.equal((await commitRefresh(database, commit)).outcome, 'done');
  }

  describe('writes nothing when what it rested on has changed:', () => {
    const key = (column: keyof RefreshSubject) => (subject: RefreshSubject) => subject[column];
    const changes: [what: string, text: string, of: (subject: RefreshSubject) => unknown, offlineToo: boolean][] = [
      ['the account', 'update accounts set version = version + 1 where account_id = $1', key('accountId'), true],
      [
        'the configuration',
        'update configuration_state set version = version + 1 where $1::text is not null',
        key('accountId'),
        true,
      ],
      [
        'the family, which ended',
        `update families set ended_at = curfew_now(), end_reason = 'revoked' where family_id = $1`,
        key('familyId'),
        true,
      ],
      [
        'the token, which was rotated',
        'update refresh_tokens set rotated_at = curfew_now() where token_hash = $1',
        key('tokenHash'),
        true,
      ],
      ['the token, which is gone', 'delete from refresh_tokens where token_hash = $1', key('tokenHash'), true],
      [
        'the session, which ended',
        `update sessions set ended_at = curfew_now(), end_reason = 'signed_out' where session_id = $1`,
        key('sessionId'),
        false,
      ],
      ['the session, which is gone', 'delete from sessions where session_id = $1', key('sessionId'), false],
    ];
    for (const [what, text, of, offlineToo] of changes) {
      it(`${what}, of a bound family`, async () => {
        const subject = await store(true);
        const commit = await buildRefreshCommit(database, subject);
        await sql(database, text, of(subject));
        await assertChanged(commit);
      });

      it(`${what}, of an offline family${offlineToo ? '' : ', is not what it rested on'}`, async () => {
        const subject = await store(false);
        const commit = await buildRefreshCommit(database, subject);
        await sql(database, text, of(subject));
        await (offlineToo ? assertChanged(commit) : assertDone(commit));
      });
    }

    it('the token, which never was', async () => {
      await assertChanged(await buildRefreshCommit(database, await store(true), { tokenHash: randomBytes(32) }));
    });
  });

  describe('applies the limits by its own clock, over at their very moment:', () => {
    /** The moments, in seconds after the start, at which family and session were last active. */
    interface Case {
      limit: string;
      bound: boolean;
      familyActiveAt: number;
      sessionActiveAt: number;
      overAt: number;
      limits?: Partial<typeof commitLimits>;
    }
    const cases: Case[] = [
      { limit: 'idle of an offline family', bound: false, familyActiveAt: 50, sessionActiveAt: 80, overAt: 950 },
      { limit: 'absolute of an offline family', bound: false, familyActiveAt: 7000, sessionActiveAt: 0, overAt: 7200 },
      { limit: "idle of a bound family's session", bound: true, familyActiveAt: 80, sessionActiveAt: 50, overAt: 650 },
      {
        limit: 'idle of a bound family where it is shorter',
        bound: true,
        familyActiveAt: 80,
        sessionActiveAt: 50,
        overAt: 180,
        limits: { idle: 100 },
      },
      {
        limit: 'idle of a bound family, from the activity of its session',
        bound: true,
        familyActiveAt: 50,
        sessionActiveAt: 80,
        overAt: 180,
        limits: { idle: 100 },
      },
      { limit: "absolute of a bound family's session", bound: true, familyActiveAt: 3500, sessionActiveAt: 3500, overAt: 3600 },
      {
        limit: 'absolute of a bound family where it is shorter',
        bound: true,
        familyActiveAt: 400,
        sessionActiveAt: 400,
        overAt: 500,
        limits: { absolute: 500 },
      },
    ];
    for (const { limit, bound, familyActiveAt, sessionActiveAt, overAt, limits } of cases) {
      it(limit, async () => {
        const subject = await store(bound);
        const activity = 'last_activity_at = started_at + make_interval(secs => $2)';
        await sql(database, `update families set ${activity} where family_id = $1`, subject.familyId, familyActiveAt);
        await sql(database, `update sessions set ${activity} where session_id = $1`, subject.sessionId, sessionActiveAt);
        const commit = await buildRefreshCommit(database, subject, { limits: { ...commitLimits, ...limits } });
        await clock.set(overAt);
        await assertChanged(commit);
        await clock.set(overAt - microsecond);
        await assertDone(commit);
      });
    }
  });

  describe('holds a retry to the rules of the overlap:', () => {
    interface Case {
      rule: string;
      /** Seconds since the rotation. */
      after: number;
      retries?: number;
      overlap?: number;
      successor?: 'used' | 'unused';
      outcome: 'done' | 'changed';
      /** Counted retries afterwards. */
      counted?: number;
    }
    const cases: Case[] = [
      { rule: 'served at once, and not counted', after: 0, outcome: 'done', counted: 0 },
      { rule: 'free until two seconds are over', after: 2 - microsecond, retries: 5, outcome: 'done', counted: 5 },
      { rule: 'counted from two seconds on', after: 2, retries: 4, outcome: 'done', counted: 5 },
      { rule: 'refused after five', after: 2, retries: 5, outcome: 'changed' },
      { rule: 'served until the overlap is over', after: 10 - microsecond, outcome: 'done', counted: 1 },
      { rule: 'refused when the overlap is over', after: 10, outcome: 'changed' },
      { rule: 'refused without an overlap', after: 0, overlap: 0, outcome: 'changed' },
      { rule: 'refused even early when a short overlap is over', after: 1, overlap: 1, outcome: 'changed' },
      { rule: 'refused once the successor was used', after: 1, successor: 'used', outcome: 'changed' },
    ];
    for (const { rule, after, retries = 0, overlap = 10, successor = 'unused', outcome, counted } of cases) {
      it(rule, async () => {
        const subject = await store(false);
        const rotation = await buildRefreshCommit(database, subject);
        await assertDone(rotation);
        await sql(database, 'update refresh_tokens set retries = $2 where token_hash = $1', subject.tokenHash, retries);
        const next = { ...subject, tokenHash: rotation.successor?.hash ?? Buffer.of() };
        if (successor === 'used') await assertDone(await buildRefreshCommit(database, next));
        await clock.set(after);
        const commit: RefreshCommit = { ...rotation, mode: 'retry', limits: { ...commitLimits, overlap } };
        if (outcome === 'changed') return await assertChanged(commit);
        await assertDone(commit);
        const text = 'select retries from refresh_tokens where token_hash = $1';
        assert.deepEqual(await sqlOne(database, text, subject.tokenHash), { retries: counted });
      });
    }

    it('refused for a token that was never rotated', async () => {
      await assertChanged(await buildRefreshCommit(database, await store(false), { mode: 'retry' }));
    });
  });
});
