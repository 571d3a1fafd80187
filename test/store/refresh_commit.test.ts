import { randomBytes } from 'node:crypto';
import type { Database } from '../../src/store/database.ts';
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
import type { RefreshSubject } from '../support/refresh_commits.ts';
import { sql } from '../support/sql.ts';

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

  describe('writes nothing when what it rested on has changed:', () => {
    const key = (column: keyof RefreshSubject) => (subject: RefreshSubject) => subject[column];
    const changes: [
      what: string,
      text: string,
      of: (subject: RefreshSubject) => unknown,
      offlineToo: boolean,
    ][] = [
      [
        'the account',
        'update accounts set version = version + 1 where account_id = $1',
        key('accountId'),
        true,
      ],
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
      [
        'the token, which is gone',
        'delete from refresh_tokens where token_hash = $1',
        key('tokenHash'),
        true,
      ],
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
        await assertChanged(database, commit);
      });

      it(`${what}, of an offline family${offlineToo ? '' : ', is not what it rested on'}`, async () => {
        const subject = await store(false);
        const commit = await buildRefreshCommit(database, subject);
        await sql(database, text, of(subject));
        await (offlineToo ? assertChanged(database, commit) : assertDone(database, commit));
      });
    }

    it('the token, which never was', async () => {
      await assertChanged(
        database,
        await buildRefreshCommit(database, await store(true), { tokenHash: randomBytes(32) }),
      );
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
      leaseSeconds?: number;
    }
    const cases: Case[] = [
      {
        limit: 'idle of an offline family',
        bound: false,
        familyActiveAt: 50,
        sessionActiveAt: 80,
        overAt: 950,
      },
      {
        limit: 'absolute of an offline family',
        bound: false,
        familyActiveAt: 7000,
        sessionActiveAt: 0,
        overAt: 7200,
      },
      {
        limit: "idle of a bound family's session",
        bound: true,
        familyActiveAt: 80,
        sessionActiveAt: 50,
        overAt: 650,
      },
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
      {
        limit: "absolute of a bound family's session",
        bound: true,
        familyActiveAt: 3500,
        sessionActiveAt: 3500,
        overAt: 3600,
      },
      {
        limit: 'absolute of a bound family where it is shorter',
        bound: true,
        familyActiveAt: 400,
        sessionActiveAt: 400,
        overAt: 500,
        limits: { absolute: 500 },
      },
      {
        limit: 'a lease, where it ends after the idle limit',
        bound: false,
        familyActiveAt: 50,
        sessionActiveAt: 0,
        overAt: 1200,
        leaseSeconds: 1200,
      },
      {
        limit: 'a lease, as far as lease_max permits it',
        bound: false,
        familyActiveAt: 50,
        sessionActiveAt: 0,
        overAt: 1800,
        leaseSeconds: 4000,
      },
      {
        limit: 'idle of a family whose lease ended before',
        bound: false,
        familyActiveAt: 500,
        sessionActiveAt: 0,
        overAt: 1400,
        leaseSeconds: 1200,
      },
      {
        limit: 'idle of a family whose lease is not permitted any longer',
        bound: false,
        familyActiveAt: 50,
        sessionActiveAt: 0,
        overAt: 950,
        leaseSeconds: 1200,
        limits: { leaseMax: 0 },
      },
      {
        limit: 'absolute of a family within its lease',
        bound: false,
        familyActiveAt: 50,
        sessionActiveAt: 0,
        overAt: 1000,
        leaseSeconds: 1200,
        limits: { absolute: 1000 },
      },
    ];
    for (const { limit, bound, familyActiveAt, sessionActiveAt, overAt, limits, leaseSeconds } of cases) {
      it(limit, async () => {
        const subject = await store(bound);
        const activity = 'last_activity_at = started_at + make_interval(secs => $2)';
        await sql(
          database,
          `update families set ${activity} where family_id = $1`,
          subject.familyId,
          familyActiveAt,
        );
        await sql(
          database,
          `update sessions set ${activity} where session_id = $1`,
          subject.sessionId,
          sessionActiveAt,
        );
        await sql(
          database,
          'update families set lease_seconds = $2, lease_purpose = $3 where family_id = $1',
          subject.familyId,
          leaseSeconds ?? null,
          leaseSeconds ? 'Nightly books' : null,
        );
        const commit = await buildRefreshCommit(database, subject, {
          limits: { ...commitLimits, ...limits },
        });
        await clock.set(overAt);
        await assertChanged(database, commit);
        await clock.set(overAt - microsecond);
        await assertDone(database, commit);
      });
    }
  });
});
