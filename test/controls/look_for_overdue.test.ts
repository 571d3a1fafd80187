import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { lookAtPage, beginning, pageSize } from '../../src/controls/look_at_live.ts';
import { readControls } from '../../src/controls/read_controls.ts';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { detectOverdue } from '../../src/jobs/detect_overdue.ts';
import { sweepOnce } from '../../src/operations/sweep.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { client, exampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';
import { storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';
import type { NewFamily } from '../support/stored_facts.ts';

const period = 300;

describe('the detective control', () => {
  let test: OperationTest;
  let seal: () => Promise<number>;
  let at: number;
  let accountId: string;

  beforeEach(async () => {
    test = await prepareOperationTest();
    seal = createSealer(test.database, createSecretsAtRest([randomBytes(32)]));
    at = 10 * 86_400;
    await test.clock.set(at);
    accountId = await storeAccount(test.database, ['member']);
  });
  afterEach(() => test.drop());

  const pass = async (seconds: number) => await test.clock.set((at += seconds));

  /** A run, and a look a minute later. */
  async function detect(): Promise<void> {
    await pass(period);
    await seal();
    await pass(61);
    await detectOverdue(test.database, { period });
    await pass(61);
    await detectOverdue(test.database, { period });
  }

  const listFindings = async (): Promise<Record<string, string[]>> =>
    Object.fromEntries((await readControls(test.database)).findings.map(({ kind, ids }) => [kind, ids]));
  const listEvents = async () =>
    await sql<{ detail: Record<string, unknown> }>(
      test.database,
      `select detail from audit_events where name = 'control.failed' order by event_id`,
    );
  /** What nobody sweeps: its `check_at` is far ahead. */
  async function hide(): Promise<void> {
    for (const table of ['sessions', 'families'])
      await sql(test.database, `update ${table} set check_at = curfew_now() + interval '1 year'`);
  }
  const family = async (options: Partial<NewFamily> = {}) => {
    const { familyId } = await storeFamily(test.database, {
      accountId,
      sessionId: 'none',
      bound: false,
      ...options,
    });
    return familyId;
  };
  async function lease(familyId: string, seconds: number): Promise<void> {
    await sql(
      test.database,
      `update families set lease_seconds = $1, lease_purpose = 'a report' where family_id = $2`,
      seconds,
      familyId,
    );
  }

  const hour = 3600;
  const plants: [kind: string, what: string, plant: () => Promise<string>][] = [
    [
      'session_past_limit',
      'a session past its idle limit',
      () => storeSession(test.database, { accountId, activeAgo: hour, startedAgo: hour }),
    ],
    [
      'session_past_limit',
      'a session past its absolute limit',
      () => storeSession(test.database, { accountId, startedAgo: 25 * hour, activeAgo: 0 }),
    ],
    ['family_past_limit', 'a family past its idle limit', () => family({ startedAgo: 1800 })],
    [
      'family_past_limit',
      'a family past its absolute limit',
      () => family({ startedAgo: 12 * hour, activeAgo: 0 }),
    ],
    [
      'family_past_limit',
      'a family past the limit of a role that it got since',
      async () => {
        const familyId = await family({ startedAgo: 9 * hour, activeAgo: 0 });
        await sql(test.database, `insert into account_roles values ($1, 'admin')`, accountId);
        return familyId;
      },
    ],
    [
      'family_past_limit',
      'a family past the limit of a scope',
      async () => {
        await sql(test.database, `update scopes set policy = 'admin' where name = 'reports.read'`);
        return await family({ scopes: ['openid', 'reports.read'], startedAgo: 600 });
      },
    ],
    [
      'family_past_limit',
      'a family past the limit of a resource',
      async () => {
        await sql(test.database, `update resources set policy = 'admin'`);
        const familyId = await family({ startedAgo: 600 });
        await sql(test.database, `update families set resources = array(select identifier from resources)`);
        return familyId;
      },
    ],
    [
      'family_past_limit',
      'a family of an account without roles past the built-in default',
      async () => await family({ accountId: await storeAccount(test.database), startedAgo: 900 }),
    ],
    [
      'family_past_limit',
      'a family past a limit that was changed behind the back of everybody',
      async () => {
        const familyId = await family({ startedAgo: 60 });
        await sql(
          test.database,
          `update policies set limits = limits || '{"refresh_idle": 30}' where name = 'member'`,
        );
        return familyId;
      },
    ],
    [
      'lease_past_end',
      'a family past the end of its lease',
      async () => {
        await sql(
          test.database,
          `update policies set limits = limits || '{"lease_max": 7200}' where name = 'member'`,
        );
        const familyId = await family({ startedAgo: 2 * hour });
        await lease(familyId, 3 * hour);
        return familyId;
      },
    ],
    [
      'family_outlived_session',
      'a family bound to a session that ended',
      async () => {
        const sessionId = await storeSession(test.database, { accountId });
        const familyId = await family({ sessionId, bound: true });
        await sql(
          test.database,
          `update sessions set ended_at = curfew_now(), end_reason = 'signed_out', end_found_at = curfew_now()`,
        );
        return familyId;
      },
    ],
    [
      'family_outlived_session',
      'a family bound to a session that is gone',
      () => family({ sessionId: 'gone', bound: true }),
    ],
    [
      'barred_session',
      'a session of a disabled account',
      async () => {
        const sessionId = await storeSession(test.database, { accountId });
        await sql(test.database, `update accounts set disabled_at = curfew_now()`);
        return sessionId;
      },
    ],
    [
      'barred_family',
      'a family of a disabled client',
      async () => {
        const familyId = await family();
        await sql(test.database, `update clients set disabled_at = curfew_now()`);
        return familyId;
      },
    ],
    ['barred_family', 'a family of a client that is gone', () => family({ clientId: 'nobody' })],
  ];
  for (const [kind, what, plant] of plants) {
    it(`finds ${what}`, async () => {
      const id = await plant();
      await hide();
      await pass(-period - 61);
      await detect();
      assert.deepEqual(await listFindings(), { [kind]: [id] });
      assert.deepEqual(
        (await listEvents()).map(({ detail }) => detail),
        [{ actor: 'control', kind, count: 1, ids: [id] }],
      );
    });
  }

  /** Alive at its last moment, and over a microsecond later: as the gate has it. */
  const boundaries: [what: string, plant: () => Promise<unknown>, seconds: number][] = [
    [
      'the idle limit of a session',
      () => storeSession(test.database, { accountId, startedAgo: 0, clientIds: ['shop'] }),
      hour,
    ],
    ['the idle limit of a family', () => family({ startedAgo: 0 }), 1800],
    [
      "a bound family's idle limit, from its session's later activity",
      async () => {
        const sessionId = await storeSession(test.database, { accountId, startedAgo: 0 });
        await family({ sessionId, bound: true, startedAgo: 600 });
      },
      1800,
    ],
    [
      'the end of a lease',
      async () => {
        await sql(
          test.database,
          `update policies set limits = limits || '{"lease_max": 7200}' where name = 'member'`,
        );
        await lease(await family({ startedAgo: 0 }), 5400);
      },
      5400,
    ],
    [
      'the idle limit of a family whose lease is over first',
      async () => {
        await sql(
          test.database,
          `update policies set limits = limits || '{"lease_max": 7200}' where name = 'member'`,
        );
        await lease(await family({ startedAgo: 0 }), 600);
      },
      1800,
    ],
    [
      'the absolute limit, within a lease too',
      async () => {
        await sql(
          test.database,
          `update policies set limits = limits || '{"lease_max": 86400}' where name = 'member'`,
        );
        await lease(await family({ startedAgo: 0 }), 86_400);
      },
      12 * hour,
    ],
  ];
  for (const [what, plant, seconds] of boundaries) {
    it(`judges ${what} to the microsecond`, async () => {
      await plant();
      const count = async (live: 'sessions' | 'families') => {
        await lookAtPage(test.database, live, beginning, { isDue: false });
      };
      await pass(seconds - 1e-6);
      await count('sessions');
      await count('families');
      assert.deepEqual(await sql(test.database, 'select from control_findings'), []);
      await pass(1e-6);
      await count('sessions');
      await count('families');
      assert.equal((await sql(test.database, 'select from control_findings')).length, 1);
    });
  }

  it('says nothing of what a sweeper ends meanwhile, and tells of a finding once', async () => {
    const swept = await family({ startedAgo: 1800 });
    await detectOverdue(test.database, { period });
    const configuration = await loadConfiguration(test.database);
    await sweepOnce(test.database, () => Promise.resolve(configuration), 100);
    await pass(61);
    await detectOverdue(test.database, { period });
    assert.deepEqual(await listFindings(), {});

    const kept = await family({ startedAgo: 1800 });
    assert.notEqual(kept, swept);
    await detect();
    await detect();
    assert.deepEqual(await listFindings(), { family_past_limit: [kept] });
    assert.equal((await listEvents()).length, 1);
    await sql(
      test.database,
      `update families set ended_at = curfew_now(), end_reason = 'idle_timeout', end_found_at = curfew_now() where ended_at is null`,
    );
    await pass(1);
    await detectOverdue(test.database, { period });
    assert.deepEqual(await listFindings(), {});
  });

  it('comes to every row, page by page, and finds what is due at once', async () => {
    const rows = 2 * pageSize + 10;
    await sql(
      test.database,
      `insert into families (account_id, client_id, grant_id, session_id, bound, scopes, resources, payload,
         started_at, last_activity_at, oldest_token_hash, check_at)
       select $1, 'shop', '', '', false, '{openid}', '{}', '{}', curfew_now() - interval '1 hour', curfew_now() - interval '1 hour', '',
         case when n % 2 = 0 then '-infinity' else curfew_now() + make_interval(secs => n / 10 * 100) end
       from generate_series(1, $2::integer) n`,
      accountId,
      rows,
    );
    await detect();
    const [event] = await listEvents();
    assert.equal(event?.detail.count, rows);
    assert.equal((event?.detail.ids as string[] | undefined)?.length, 20);
    const { walks } = await readControls(test.database);
    assert.ok(walks.every(({ walkedAt }) => walkedAt !== null));
  });

  it('runs once a period, whichever instance comes first', async () => {
    await storeSession(test.database, { accountId, startedAgo: hour });
    await detectOverdue(test.database, { period });
    const seen = async () => await sql(test.database, 'select from control_findings');
    assert.equal((await seen()).length, 1);
    await sql(test.database, 'delete from control_findings');
    await pass(0.9 * period - 1);
    await Promise.all([1, 2, 3].map(() => detectOverdue(test.database, { period })));
    assert.equal((await seen()).length, 0);
    await pass(1);
    await Promise.all([1, 2, 3].map(() => detectOverdue(test.database, { period })));
    assert.equal((await seen()).length, 1);
  });

  describe('of what was given', () => {
    let familyId: string;
    let sessionId: string;
    beforeEach(async () => {
      sessionId = await storeSession(test.database, { accountId, startedAgo: 0 });
      familyId = await family({ sessionId, startedAgo: 0, scopes: ['openid', 'payments.write'] });
    });

    /** An event as `refresh_commit` writes it. */
    async function give(name = 'refresh.granted', detail: object = { scopes: ['openid'] }): Promise<string> {
      const [row] = await sql<{ event_id: string }>(
        test.database,
        `insert into audit_events (occurred_at, name, account_id, client_id, session_id, family_id, detail)
         values (curfew_now(), $1, $2, 'shop', $3, $4, $5) returning event_id`,
        name,
        accountId,
        sessionId,
        name === 'session.extended' ? null : familyId,
        JSON.stringify(detail),
      );
      return row?.event_id ?? '';
    }
    const end = async (table: 'families' | 'sessions', reason: string, ago = 0) =>
      await sql(
        test.database,
        `update ${table} set end_reason = $1, ended_at = curfew_now() - make_interval(secs => $2), end_found_at = curfew_now()
         where ended_at is null`,
        reason,
        ago,
      );

    it('finds a refresh after the end of its family, and tells of it once', async () => {
      await give();
      await pass(1);
      await end('families', 'revoked');
      await pass(1);
      const late = await give('refresh.retried');
      await end('sessions', 'signed_out');
      await detect();
      assert.deepEqual(await listFindings(), { used_after_end: [late] });
      await detect();
      assert.equal((await listEvents()).length, 1);
      await pass(86_400);
      await detect();
      assert.deepEqual(await listFindings(), {});
    });

    it('finds one between the limit and the moment that it was found, unless limits moved', async () => {
      const late = await give();
      await pass(1);
      await end('families', 'idle_timeout', 5);
      await detect();
      assert.deepEqual((await listFindings()).used_after_end, [late]);
    });

    it('blames no refresh that came before limits became shorter', async () => {
      await give();
      await pass(1);
      await test.apply({
        policies: new Map([
          ['admin', { limits: { refresh_idle: 60 }, baselines: [] }],
          ['member', { limits: { refresh_idle: 60 }, baselines: [] }],
        ]),
      });
      await end('families', 'idle_timeout', 5);
      await end('sessions', 'signed_out');
      await detect();
      assert.deepEqual(await listFindings(), {});
    });

    it('finds a session that was extended, and a bound family that was refreshed, after the end of the session', async () => {
      await sql(test.database, 'update families set bound = true');
      await pass(1);
      await end('sessions', 'signed_out');
      await pass(1);
      const late = [await give('session.extended', {}), await give()];
      await end('families', 'signed_out');
      await detect();
      assert.deepEqual((await listFindings()).used_after_end?.toSorted(), late.toSorted());
    });

    it('finds a scope that was given after its role was gone, and none that was left out', async () => {
      await give('refresh.downscoped', { scopes: ['openid'], dropped: ['payments.write'] });
      const late = await give('refresh.granted', {});
      await end('families', 'revoked');
      await end('sessions', 'signed_out');
      await detect();
      assert.deepEqual(await listFindings(), { scope_outlived_role: [late] });
    });

    it('says nothing of a scope whose role went at that time', async () => {
      await give('refresh.granted', {});
      await pass(1);
      await sql(
        test.database,
        `insert into audit_events (name, account_id) values ('account.roles_changed', $1)`,
        accountId,
      );
      await end('families', 'revoked');
      await end('sessions', 'signed_out');
      await detect();
      assert.deepEqual(await listFindings(), {});
    });

    it('finds an access token that was issued after the end of its family', async () => {
      const issue = async (issuedAgo: number) =>
        await sql(
          test.database,
          `insert into access_tokens (token_hash, family_id, client_id, payload, expires_at, issued_at)
           values ($1, $2, 'shop', '{}', curfew_now() + interval '10 minutes', curfew_now() - make_interval(secs => $3))`,
          randomBytes(32),
          familyId,
          issuedAgo,
        );
      await end('families', 'revoked');
      await end('sessions', 'signed_out');
      await issue(60);
      await detect();
      assert.deepEqual(await listFindings(), {});
      await issue(60);
      await detect();
      assert.deepEqual(await listFindings(), { used_after_end: [familyId] });
    });

    describe('and for how long', () => {
      /** Of a token that the member's policy lets live for ten minutes. */
      const giveFor = async (seconds: number) => {
        await sql(
          test.database,
          `insert into access_tokens (token_hash, family_id, client_id, payload, expires_at)
           values ($1, $2, 'shop', '{}', curfew_now() + make_interval(secs => $3))`,
          randomBytes(32),
          familyId,
          seconds,
        );
      };
      const look = async () => {
        await sql(test.database, `update control_runs set began_at = '-infinity'`);
        await detectOverdue(test.database, { period });
        return await listFindings();
      };

      it('finds an access token that lives longer than its policy lets it', async () => {
        await pass(120);
        await giveFor(660);
        assert.deepEqual(await look(), {});
        await giveFor(662);
        assert.deepEqual(await look(), { token_past_limit: [familyId] });
        assert.deepEqual(
          (await listEvents()).map(({ detail }) => detail.kind),
          ['token_past_limit'],
        );
      });

      it('finds one that outlives the absolute limit of its family', async () => {
        await sql(
          test.database,
          `update families set started_at = curfew_now() - interval '12 hours' + interval '5 minutes'`,
        );
        await pass(120);
        await giveFor(180);
        assert.deepEqual(await look(), {});
        await giveFor(300);
        assert.deepEqual(await look(), { token_past_limit: [familyId] });
      });

      it('blames none for what changed since it was given', async () => {
        await giveFor(1200);
        await pass(30);
        await test.apply({
          policies: new Map([
            ...exampleConfiguration().policies,
            ['member', { limits: { access_token_ttl: 60 }, baselines: [] }],
          ]),
        });
        assert.deepEqual(await look(), {});
      });
    });
  });

  it('leaves alone a client, role and policy that somebody else has', async () => {
    await test.apply({
      clients: new Map([
        ...exampleConfiguration().clients,
        ['strict', client('strict', { policy: 'admin' })],
      ]),
    });
    await storeSession(test.database, { accountId, startedAgo: 599 });
    await family({ startedAgo: 599, sessionId: randomUUID() });
    const strict = await family({ startedAgo: 601, clientId: 'strict' });
    await hide();
    await pass(-period - 61);
    await lookAtPage(test.database, 'families', beginning, { isDue: false });
    assert.deepEqual(await sql(test.database, 'select from control_findings'), []);
    await pass(period + 61);
    await lookAtPage(test.database, 'families', beginning, { isDue: false });
    await lookAtPage(test.database, 'sessions', beginning, { isDue: false });
    assert.deepEqual(await sql(test.database, 'select subject_id from control_findings'), [
      { subject_id: strict },
    ]);
  });
});
