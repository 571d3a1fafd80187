import assert from 'node:assert/strict';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import type { Limits } from '../../src/domain/policies.ts';
import { mergeConfigurations } from '../../src/operations/apply_configuration.ts';
import { endAccountAccess } from '../../src/operations/end_account_access.ts';
import { setRoles } from '../../src/operations/set_roles.ts';
import { simulate } from '../../src/reports/simulate.ts';
import { findAccountByUsername } from '../../src/store/accounts.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import {
  ada,
  exampleConfiguration,
  grace,
  joan,
  portal,
  shop,
  spa,
} from '../support/example_configuration.ts';
import { asOwner } from '../support/owner.ts';
import { waitUntil } from '../support/process_wait.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { Tokens } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';

const offline = { scope: 'openid offline_access', prompt: 'consent' };
const minute = 60;

describe('a replay of the trail', function replay() {
  this.timeout(60_000);
  let server: TestServer;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
    await server.clock.stop();
    await live();
  });
  after(() => server.stop());

  const withMember = (limits: Partial<Limits>): DesiredConfiguration => {
    const { policies } = exampleConfiguration();
    const member = { limits: { ...policies.get('member')?.limits, ...limits }, baselines: [] };
    return { policies: new Map([...policies, ['member', member]]) };
  };
  const openCount = async () =>
    (
      await sqlOne<{ count: number }>(
        server.database,
        `select ((select count(*) from families where ended_at is null) +
           (select count(*) from sessions where ended_at is null and started_at is not null))::integer as count`,
      )
    ).count;
  /** The sweeper has found whatever is over. */
  const swept = (open: number) =>
    waitUntil(async () => (await openCount()) === open, `${open} are open in the end`);

  /** Ends of many kinds, under limits that change. */
  async function live(): Promise<void> {
    const { clock, database } = server;
    const party = async (client: { clientId: string; secret?: string }) =>
      await createRelyingParty(server.issuer, client);
    const [first, second, third] = [await party(shop), await party(portal), await party(spa)];
    const refresh = (of: typeof first, tokens: Tokens, more: Record<string, string> = {}) =>
      of.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', ...more });

    // Idle: a bound family with its session, and an offline one that its client keeps for a while.
    const bound = await first.signIn(ada);
    const kept = await second.signIn(grace, offline);
    await clock.advance(5 * minute);
    const next = (await refresh(second, kept)).body as unknown as Tokens;
    await refresh(first, bound, { inactive_for: '120' });
    await clock.advance(9 * minute);
    await refresh(second, next, { inactive_for: '60' });
    await clock.advance(2 * 3600);
    await swept(0);

    // A cause: signed out by an operator; a reused token; other roles, under which it was over already.
    const operated = await first.signIn(ada);
    assert.ok(operated.refresh_token);
    const reused = await third.signIn(joan, offline);
    await refresh(third, reused);
    await clock.advance(minute);
    await refresh(third, reused);
    const { account } = (await findAccountByUsername(database, 'ada')) ?? assert.fail();
    await database.transaction(async (tx) => {
      const configuration = await loadConfiguration(tx);
      await endAccountAccess(tx, configuration, account.accountId, 'ended_by_operator', { actor: 'test' });
    });
    const demoted = await (await party(portal)).signIn(ada, offline);
    assert.ok(demoted.refresh_token);
    await clock.advance(7 * minute);
    await database.transaction(async (tx) => {
      await setRoles(tx, await loadConfiguration(tx), account, ['admin'], { actor: 'test' });
    });
    await clock.advance(2 * 3600);
    await swept(0);

    // Absolute, kept alive all the while, and a limit that is shortened under it, then lengthened.
    await server.apply(withMember({ refresh_idle: 1200, session_idle: 1200, session_absolute: 3600 }));
    await database.transaction(async (tx) => {
      await setRoles(tx, await loadConfiguration(tx), { ...account, roles: ['admin'] }, ['member'], {
        actor: 'test',
      });
    });
    let busy = await (await party(shop)).signIn(ada);
    const busyParty = await party(shop);
    for (let round = 0; round < 6; round += 1) {
      await clock.advance(10 * minute);
      const { status, body } = await refresh(busyParty, busy);
      if (status === 200) busy = body as unknown as Tokens;
    }
    const left = await (await party(portal)).signIn(ada, offline);
    assert.ok(left.refresh_token);
    await clock.advance(10 * minute);
    await server.apply(withMember({ refresh_idle: 300, session_idle: 300 }));
    await swept(0);
    await server.apply(withMember({ refresh_idle: 7200, session_idle: 7200 }));
    const alive = await (await party(portal)).signIn(ada);
    assert.ok(alive.refresh_token);
    await clock.advance(minute);
  }

  const replayUnder = (desired: DesiredConfiguration) =>
    simulate(server.database, { propose: (current) => mergeConfigurations(current, desired) });

  it('under the limits of then gives every recorded end, to the second', async () => {
    const { check, events } = await replayUnder({});
    assert.deepEqual(check.differing, []);
    const reasons = await sql<{ reason: string; count: number }>(
      server.database,
      `select detail ->> 'reason' as reason, count(*)::integer as count from audit_events
       where name in ('family.ended', 'session.ended') group by 1 order by 1`,
    );
    assert.deepEqual(
      reasons.map(({ reason }) => reason),
      ['absolute_timeout', 'ended_by_operator', 'idle_timeout', 'reuse_detected'],
    );
    assert.equal(
      check.ends,
      reasons.reduce((sum, { count }) => sum + count, 0),
    );
    assert.ok(events > 30);
  });

  it('tells what stricter limits would have ended, what of it was in use, and of whom', async () => {
    const { ends, inUseByRole, inUseByClient, livesLonger } = await replayUnder(
      withMember({ refresh_idle: 240, session_idle: 240 }),
    );
    assert.equal(livesLonger, 0);
    const idle = ends.find(({ policy, reason }) => policy === 'member' && reason === 'idle_timeout');
    assert.ok(idle && idle.inUse > 0 && idle.families > 0 && idle.sessions > 0, JSON.stringify(ends));
    assert.ok((inUseByRole.member ?? 0) > 0 && (inUseByClient.shop ?? 0) > 0);
    assert.deepEqual(
      Object.keys(inUseByClient).filter((name) => !/^(shop|portal|spa)$/.test(name)),
      [],
    );
  });

  it('tells what would not have ended yet under longer ones', async () => {
    const longer = { refresh_idle: 1e6, session_idle: 1e6, refresh_absolute: 1e7, session_absolute: 1e7 };
    const { policies } = exampleConfiguration();
    const all = new Map([...policies.keys()].map((name) => [name, { limits: longer, baselines: [] }]));
    const { livesLonger, ends } = await replayUnder({ policies: all });
    assert.deepEqual(ends, []);
    assert.ok(livesLonger > 4);
  });

  it('notices one recorded end that is a second off', async () => {
    await asOwner(
      server.test.ownerUrl,
      `update audit_events set detail = detail || jsonb_build_object('ended_at',
         to_char(((detail ->> 'ended_at')::timestamptz + interval '1 second') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
       where event_id = (select event_id from audit_events where name = 'family.ended'
         and detail ->> 'reason' = 'idle_timeout' order by event_id limit 1)`,
    );
    const { check } = await replayUnder({});
    assert.equal(check.differing.length, 1);
    assert.match(
      check.differing[0] ?? '',
      /^family .*: recorded idle_timeout at .*, replayed idle_timeout at /,
    );
  });
});
