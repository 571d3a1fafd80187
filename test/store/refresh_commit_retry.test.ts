import assert from 'node:assert/strict';
import type { Database } from '../../src/store/database.ts';
import type { RefreshCommit } from '../../src/store/families.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { freezeClock } from '../support/frozen_clock.ts';
import type { FrozenClock } from '../support/frozen_clock.ts';
import {
  assertChanged,
  assertDone,
  buildRefreshCommit,
  commitLimits,
  storeRefreshSubject,
} from '../support/refresh_commits.ts';
import { sql, sqlOne } from '../support/sql.ts';

const microsecond = 0.000001;

describe('refresh_commit holds a retry to the rules of the overlap:', () => {
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

  interface Case {
    rule: string;
    /** Seconds since the rotation. */
    after: number;
    retries?: number;
    overlap?: number;
    successor?: 'used';
    /** Whose proof of possession came with the first use, and with the retry. */
    proofs?: [first: string | undefined, retry: string | undefined];
    outcome: 'done' | 'changed';
    /** Counted retries afterwards. */
    counted?: number;
  }
  const cases: Case[] = [
    { rule: 'served at once, and not counted', after: 0, outcome: 'done', counted: 0 },
    {
      rule: 'free until two seconds are over',
      after: 2 - microsecond,
      retries: 5,
      outcome: 'done',
      counted: 5,
    },
    { rule: 'counted from two seconds on', after: 2, retries: 4, outcome: 'done', counted: 5 },
    { rule: 'refused after five', after: 2, retries: 5, outcome: 'changed' },
    { rule: 'served until the overlap is over', after: 10 - microsecond, outcome: 'done', counted: 1 },
    { rule: 'refused when the overlap is over', after: 10, outcome: 'changed' },
    { rule: 'refused without an overlap', after: 0, overlap: 0, outcome: 'changed' },
    { rule: 'refused even early when a short overlap is over', after: 1, overlap: 1, outcome: 'changed' },
    { rule: 'refused once the successor was used', after: 1, successor: 'used', outcome: 'changed' },
    {
      rule: 'served with the proof of the same key',
      after: 0,
      proofs: ['a', 'a'],
      outcome: 'done',
      counted: 0,
    },
    { rule: 'refused with the proof of another key', after: 0, proofs: ['a', 'b'], outcome: 'changed' },
    {
      rule: 'refused without the proof that the first use had',
      after: 0,
      proofs: ['a', undefined],
      outcome: 'changed',
    },
    {
      rule: 'refused with a proof that the first use had not',
      after: 0,
      proofs: [undefined, 'a'],
      outcome: 'changed',
    },
  ];
  for (const { rule, after, retries = 0, overlap = 10, successor, proofs = [], outcome, counted } of cases) {
    it(rule, async () => {
      const subject = await storeRefreshSubject(database, { bound: false });
      const rotation = await buildRefreshCommit(database, subject, { proofKey: proofs[0] });
      await assertDone(database, rotation);
      await sql(
        database,
        'update refresh_tokens set retries = $2 where token_hash = $1',
        subject.tokenHash,
        retries,
      );
      const next = { ...subject, tokenHash: rotation.successor?.hash ?? Buffer.of() };
      if (successor === 'used') await assertDone(database, await buildRefreshCommit(database, next));
      await clock.set(after);
      const commit: RefreshCommit = {
        ...rotation,
        mode: 'retry',
        proofKey: proofs[1],
        limits: { ...commitLimits, overlap },
      };
      if (outcome === 'changed') return await assertChanged(database, commit);
      await assertDone(database, commit);
      const text = 'select retries from refresh_tokens where token_hash = $1';
      assert.deepEqual(await sqlOne(database, text, subject.tokenHash), { retries: counted });
    });
  }

  it('refused for a token that was never rotated', async () => {
    await assertChanged(
      database,
      await buildRefreshCommit(database, await storeRefreshSubject(database, { bound: false }), {
        mode: 'retry',
      }),
    );
  });
});
