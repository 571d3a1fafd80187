import assert from 'node:assert/strict';
import { createMetrics } from '../../src/http/metrics/create_metrics.ts';
import type { Metrics } from '../../src/http/metrics/create_metrics.ts';
import { exampleConfiguration, ada, shop } from '../support/example_configuration.ts';
import { findFamilies, listEvents } from '../support/gate.ts';
import { waitUntil } from '../support/process_wait.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql } from '../support/sql.ts';

const offline = { scope: 'openid offline_access', prompt: 'consent' };

describe('a server whose gate or sweeper is broken on purpose', () => {
  let server: TestServer;
  let metrics: Metrics;

  beforeEach(async () => {
    metrics = createMetrics();
    server = await startTestServer(exampleConfiguration(), { metrics, controlPeriod: 1 });
  });
  afterEach(() => server.stop());

  const listKinds = async () =>
    (await listEvents(server.database))
      .filter(({ name }) => name === 'control.failed')
      .map(({ detail }) => String(detail.kind))
      .toSorted();
  const areNoted = async () => (await sql(server.database, 'select from control_findings')).length === 2;
  const findingsIn = (text: string) => text.match(/^curfew_control_findings\{.*\} [1-9]\d*$/gm) ?? [];

  it('is found by its own control: what a limit no longer allows, and no sweeper looks at', async () => {
    await (await createRelyingParty(server.issuer, shop)).signIn(ada, offline);
    await waitUntil(async () => {
      const [row] = await sql<{ scheduled: boolean }>(
        server.database,
        `select not exists (select from families where check_at < curfew_now())
           and not exists (select from sessions where account_id is not null and check_at < curfew_now()) as scheduled`,
      );
      return row?.scheduled === true;
    }, 'the sweeper has looked at all');
    assert.deepEqual(findingsIn((await metrics.render()).text), []);
    await sql(
      server.database,
      `update policies set limits = limits || '{"refresh_idle": 1, "session_absolute": 1}' where name = 'member'`,
    );
    await server.clock.advance(2);
    await waitUntil(areNoted, 'session and family are noted');
    assert.deepEqual(await listKinds(), []);
    await server.clock.advance(61);
    await waitUntil(async () => (await listKinds()).length >= 2, 'the control failed');
    assert.deepEqual(await listKinds(), ['family_past_limit', 'session_past_limit']);
  });

  it('is found by its own control: a refresh that passed although its family had ended', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, offline);
    const [family] = await findFamilies(server.database);
    const end = async (reason: string | null) =>
      await sql(
        server.database,
        `update families set end_reason = $1, ended_at = $2::timestamptz, end_found_at = $2::timestamptz where family_id = $3`,
        reason,
        reason && endedAt,
        family?.family_id,
      );
    const endedAt = new Date().toISOString();
    await server.clock.advance(5);
    await end(null);
    await party.refresh(tokens.refresh_token ?? '');
    await end('revoked');
    await waitUntil(async () => {
      const [row] = await sql<{ unsealed: boolean }>(
        server.database,
        `select not exists (select from audit_events e where not exists (
           select from audit_seals s where e.event_id = any(s.event_ids)))
           as unsealed`,
      );
      return row?.unsealed === true;
    }, 'all events are sealed');
    await server.clock.advance(61);
    await waitUntil(async () => (await listKinds()).length > 0, 'the control failed');
    assert.deepEqual(await listKinds(), ['used_after_end']);
    const { text } = await metrics.render();
    assert.deepEqual(findingsIn(text), ['curfew_control_findings{kind="used_after_end"} 1']);
    assert.match(text, /^curfew_control_age_seconds \d/m);
  });

  it('is silent where nothing is broken: a limit passes, is swept, and a day goes by', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada);
    await server.clock.advance(600);
    await party.refresh(tokens.refresh_token ?? '');
    for (const seconds of [1800, 3600, 61, 61]) {
      await server.clock.advance(seconds);
      await waitUntil(
        async () =>
          (
            await sql(
              server.database,
              `select from families where ended_at is null and check_at <= curfew_now()
               union all select from sessions where ended_at is null and account_id is not null and check_at <= curfew_now()
               union all select from control_runs where completed_at < curfew_now() - interval '5 seconds' or completed_at is null`,
            )
          ).length === 0,
        'all is swept and looked at',
      );
    }
    assert.deepEqual(await listKinds(), []);
    assert.deepEqual(await sql(server.database, 'select from families where ended_at is null'), []);
  });
});
