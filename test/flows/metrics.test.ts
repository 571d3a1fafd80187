import assert from 'node:assert/strict';
import { createMetrics } from '../../src/http/metrics/create_metrics.ts';
import type { Metrics } from '../../src/http/metrics/create_metrics.ts';
import { routeTemplate } from '../../src/http/metrics/route_template.ts';
import { ada, exampleConfiguration, grace, shop } from '../support/example_configuration.ts';
import { assertRefused } from '../support/gate.ts';
import { waitUntil } from '../support/process_wait.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('the metrics of a server', () => {
  let server: TestServer;
  let metrics: Metrics;

  beforeEach(async () => {
    metrics = createMetrics();
    server = await startTestServer(exampleConfiguration(), { metrics });
  });
  afterEach(() => server.stop());

  const valueOf = async (name: string): Promise<number> => {
    const { text } = await metrics.render();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? 0);
  };

  it('tell of sign-ins, grants, refusals, ends and live sessions as they happen', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada);
    await (await createRelyingParty(server.issuer, shop)).signIn(grace);
    const next = await party.refresh(tokens.refresh_token ?? '');
    assert.equal(await valueOf('curfew_sign_ins_total{outcome="succeeded"}'), 2);
    assert.equal(await valueOf('curfew_sessions_started_total'), 2);
    assert.equal(await valueOf('curfew_grants_total{grant_type="authorization_code"}'), 2);
    assert.equal(await valueOf('curfew_grants_total{grant_type="refresh_token"}'), 1);
    assert.equal(await valueOf('curfew_live_sessions{policy="member"}'), 1);
    assert.equal(await valueOf('curfew_live_sessions{policy="admin"}'), 1);
    assert.equal(await valueOf('curfew_database_up'), 1);
    const tokens256 = 'purpose="tokens",algorithm="ES256"';
    assert.equal(await valueOf(`curfew_signing_keys{${tokens256},state="next"}`), 1);
    assert.ok((await valueOf(`curfew_signing_key_age_seconds{${tokens256}}`)) > 0);

    await server.clock.advance(3600);
    await assertRefused(party, next, 'idle_timeout');
    assert.equal(await valueOf('curfew_refusals_total{grant_type="refresh_token",reason="idle_timeout"}'), 1);
    const ended = 'curfew_ends_total{of="session",reason="idle_timeout"}';
    await waitUntil(async () => (await valueOf(ended)) === 2, 'both sessions are told to have ended');
    assert.equal(await valueOf('curfew_end_found_late_seconds_count{of="session"}'), 2);
    assert.ok((await valueOf('curfew_job_seconds_count{job="sweep"}')) > 0);
  });

  it('know a route for every endpoint that discovery tells of', async () => {
    const answer = await fetch(`${server.issuer}/.well-known/openid-configuration`);
    const discovered = Object.entries((await answer.json()) as Record<string, unknown>);
    const endpoints = discovered.filter(([name]) => /_(endpoint|uri)$/.test(name));
    assert.ok(endpoints.length > 8);
    for (const [name, address] of endpoints) {
      assert.notEqual(routeTemplate(new URL(String(address)).pathname), 'other', name);
    }
  });
});
