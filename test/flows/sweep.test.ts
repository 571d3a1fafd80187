import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { setRoles } from '../../src/operations/set_roles.ts';
import { sweepFamilies, sweepOnce, sweepSessions } from '../../src/operations/sweep.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada, exampleConfiguration, grace, portal, shop } from '../support/example_configuration.ts';
import { findFamilies, listEvents } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const offline = { scope: 'openid offline_access', prompt: 'consent' };

describe('the sweeper', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  afterEach(() => server.stop());

  /** One sweep, beside those that the server's own job makes. */
  async function sweep(): Promise<{ families: number; sessions: number }> {
    const configuration = await loadConfiguration(server.database);
    return {
      families: await sweepFamilies(server.database, configuration, 100),
      sessions: await sweepSessions(server.database, configuration, 100),
    };
  }

  /** What the server's own job has in hand is left to it: look until that is done too. */
  async function sweepUntilNothingIsDue(): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      await sweepOnce(server.database, () => loadConfiguration(server.database), 100);
      const [row] = await server.database.query<{ due: number }>({
        name: 'test_due',
        text: `select (select count(*) from check_walks) + (select count(*) from families where ended_at is null and check_at <= curfew_now())
                    + (select count(*) from sessions where ended_at is null and check_at <= curfew_now()) as due`,
      });
      if (Number(row?.due) === 0) return;
    }
    throw new Error('Something stays due.');
  }

  async function listEnds(): Promise<string[]> {
    const events = await listEvents(server.database);
    const ends = events.filter(({ name }) => name === 'session.ended' || name === 'family.ended');
    return ends.map(({ name, detail }) => `${name} ${String(detail.reason)}`).toSorted();
  }

  it('ends sessions and families that nobody looks at, once each, with the moment the limit passed', async () => {
    await (await createRelyingParty(server.issuer, shop)).signIn(ada);
    await (await createRelyingParty(server.issuer, shop)).signIn(grace, offline);
    await sweep();
    assert.deepEqual(await listEnds(), []);
    await server.clock.advance(3600);
    await Promise.all([sweep(), sweep(), sweep()]);
    await sweepUntilNothingIsDue();
    assert.deepEqual(await listEnds(), [
      'family.ended idle_timeout',
      'family.ended idle_timeout',
      'session.ended idle_timeout',
      'session.ended idle_timeout',
    ]);
    const families = await findFamilies(server.database);
    assert.deepEqual(
      families.map((family) => family.ended_after_activity).toSorted((a, b) => Number(a) - Number(b)),
      [600, 1800],
    );
  });

  it('looks at nothing twice before it is due', async () => {
    await (await createRelyingParty(server.issuer, shop)).signIn(ada);
    await sweepUntilNothingIsDue();
    assert.deepEqual(await sweep(), { families: 0, sessions: 0 });
    await server.clock.advance(1801);
    const due = await sweep();
    assert.ok(due.families <= 1 && due.sessions === 0);
  });

  it('leaves alone what was active meanwhile', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    let tokens = await party.signIn(ada, offline);
    await sweep();
    await server.clock.advance(1700);
    tokens = await party.refresh(tokens.refresh_token ?? '');
    await server.clock.advance(200);
    await sweep();
    assert.deepEqual(await listEnds(), []);
    await party.refresh(tokens.refresh_token ?? '');
  });

  it('binds by a shortened policy and by other roles at once', async () => {
    const first = await (await createRelyingParty(server.issuer, shop)).signIn(ada, offline);
    await (await createRelyingParty(server.issuer, shop)).signIn(grace, offline);
    await sweep();
    await server.clock.advance(500);
    const { policies } = exampleConfiguration();
    const limits = { ...policies.get('admin')?.limits, refresh_idle: 400 };
    await server.apply({ policies: new Map([...policies, ['admin', { limits, baselines: [] }]]) });
    await sweepUntilNothingIsDue();
    assert.deepEqual(await listEnds(), ['family.ended idle_timeout'], 'the one of the shortened policy');
    const accountId = decodeJwt(first.id_token ?? '').sub ?? '';
    await server.database.transaction(async (tx) =>
      setRoles(tx, await loadConfiguration(tx), { accountId, roles: ['member'] }, ['admin'], {}),
    );
    await sweepUntilNothingIsDue();
    assert.equal((await listEnds()).length, 2, 'and the one of the other role');
  });

  it('looks again at a session that gains a client with shorter limits, and at what is bound to it', async () => {
    const { policies, clients } = exampleConfiguration();
    const portalClient = clients.get('portal');
    assert.ok(portalClient);
    const short = { limits: { session_idle: 300 }, baselines: [] };
    await server.apply({
      policies: new Map([...policies, ['short', short]]),
      clients: new Map([...clients, ['portal', { ...portalClient, policy: 'short' }]]),
    });
    const browser = createFormBrowser(server.issuer);
    const first = await createRelyingParty(server.issuer, shop, browser);
    await first.signIn(ada);
    await sweepUntilNothingIsDue();
    await (await createRelyingParty(server.issuer, portal, browser)).signIn(ada);
    await sweepUntilNothingIsDue();
    await server.clock.advance(301);
    await sweepUntilNothingIsDue();
    assert.deepEqual(await listEnds(), [
      'family.ended idle_timeout',
      'family.ended idle_timeout',
      'session.ended idle_timeout',
    ]);
  });
});
