import assert from 'node:assert/strict';
import type { Context } from 'koa';
import fc from 'fast-check';
import { endReasons } from '../../../src/domain/reasons.ts';
import { createMetrics } from '../../../src/http/metrics/create_metrics.ts';
import type { Metrics } from '../../../src/http/metrics/create_metrics.ts';
import { listenForScrapes } from '../../../src/http/metrics/listen_for_scrapes.ts';

const sample = () =>
  Promise.resolve({
    signingKeys: { keys: [], now: 0 },
    liveSessions: new Map([['member', 3]]),
    outbox: { waiting: 2, oldestSeconds: 7, undeliverable: 1 },
    controls: { findings: [{ kind: 'family_past_limit' as const, count: 4 }], ageSeconds: 90 },
  });
const pool = () => ({ total: 5, idle: 2, waiting: 1 });

/** The lines of Curfew's own metrics that are not zero, without buckets and times. */
async function linesOf(metrics: Metrics): Promise<string[]> {
  const { text } = await metrics.render();
  return text.split('\n').filter((line) => /^curfew_(?!.*(_bucket|_seconds_sum)).* (?!0$)/.test(line));
}

async function request(metrics: Metrics, ctx: object): Promise<void> {
  const seen = { path: '/token', method: 'POST', status: 200, state: {}, body: undefined, ...ctx };
  await metrics.middleware(seen as unknown as Context, () => Promise.resolve());
}

describe('createMetrics', () => {
  it('counts requests by route, method and class of status, and tokens by grant or reason', async () => {
    const metrics = createMetrics();
    const state = { grantType: 'refresh_token' };
    await request(metrics, { state });
    const refused = (error: string, description: string) => ({
      state,
      status: 400,
      body: { error, error_description: description },
    });
    await request(metrics, refused('invalid_grant', 'idle_timeout: no activity for 30 minutes.'));
    await request(metrics, refused('invalid_client', 'client authentication failed'));
    await request(metrics, { path: '/healthz', method: 'GET' });
    assert.deepEqual(await linesOf(metrics), [
      'curfew_http_requests_total{route="/token",method="POST",status="2xx"} 1',
      'curfew_http_requests_total{route="/token",method="POST",status="4xx"} 2',
      'curfew_http_requests_total{route="/healthz",method="GET",status="2xx"} 1',
      'curfew_http_request_seconds_count{route="/token"} 3',
      'curfew_http_request_seconds_count{route="/healthz"} 1',
      'curfew_grants_total{grant_type="refresh_token"} 1',
      'curfew_refusals_total{grant_type="refresh_token",reason="idle_timeout"} 1',
      'curfew_refusals_total{grant_type="refresh_token",reason="invalid_client"} 1',
    ]);
  });

  it('counts sign-ins, second factors and ends as the trail tells them, and how late limits were found', async () => {
    const metrics = createMetrics();
    metrics.noteNews([
      { name: 'sign_in.succeeded', detail: {} },
      { name: 'sign_in.failed', detail: { reason: 'password_wrong' } },
      { name: 'mfa.passed', detail: { method: 'otp' } },
      { name: 'mfa.failed', detail: { method: 'recovery_code', reason: 'wrong' } },
      { name: 'session.started', detail: {} },
      { name: 'session.ended', detail: { reason: 'idle_timeout', found_late_seconds: 1.5 } },
      { name: 'family.ended', detail: { reason: 'signed_out', found_late_seconds: 0 } },
      { name: 'account.created', detail: {} },
    ]);
    metrics.noteRun('sweep', 0.1, true);
    metrics.noteDelivery('mail', 'delivered');
    assert.deepEqual(await linesOf(metrics), [
      'curfew_sign_ins_total{outcome="succeeded"} 1',
      'curfew_sign_ins_total{outcome="password_wrong"} 1',
      'curfew_second_factors_total{method="otp",outcome="passed"} 1',
      'curfew_second_factors_total{method="recovery_code",outcome="wrong"} 1',
      'curfew_sessions_started_total 1',
      'curfew_ends_total{of="session",reason="idle_timeout"} 1',
      'curfew_ends_total{of="family",reason="signed_out"} 1',
      'curfew_end_found_late_seconds_count{of="session"} 1',
      'curfew_deliveries_total{kind="mail",outcome="delivered"} 1',
      'curfew_job_seconds_count{job="sweep"} 1',
      'curfew_job_failures_total{job="sweep"} 1',
    ]);
    const { text } = await metrics.render();
    assert.match(text, /curfew_end_found_late_seconds_bucket\{le="1",of="session"\} 0/);
    assert.match(text, /curfew_end_found_late_seconds_bucket\{le="2",of="session"\} 1/);
  });

  it('takes no label from a request, a token or the trail', async () => {
    const canary = 'canary';
    const text = fc.string({ maxLength: 10 }).map((some) => `${canary}${some}`);
    await fc.assert(
      fc.asyncProperty(text, text, async (a, b) => {
        const metrics = createMetrics();
        const body = { error: a, error_description: `${b}: ${a}` };
        for (const path of [`/${a}`, `/interaction/${a}/${b}`, `/auth/${a}`, '/token']) {
          await request(metrics, { path, method: a, status: 400, state: { grantType: b }, body });
        }
        await request(metrics, { state: { grantType: { toString: () => a } } });
        for (const name of ['sign_in.failed', 'mfa.failed', 'mfa.passed', 'session.ended', 'family.ended']) {
          metrics.noteNews([{ name, detail: { reason: a, method: b, found_late_seconds: 1 } }]);
        }
        assert.doesNotMatch((await metrics.render()).text, new RegExp(canary));
      }),
      { numRuns: 10 },
    );
  });

  it('asks the database once for many scrapes, and says so when it does not answer', async () => {
    const metrics = createMetrics();
    let asked = 0;
    metrics.observe({ pool, sample: () => ((asked += 1), sample()) });
    await Promise.all([metrics.render(), metrics.render()]);
    assert.deepEqual(await linesOf(metrics), [
      'curfew_database_connections{state="busy"} 3',
      'curfew_database_connections{state="idle"} 2',
      'curfew_database_connections{state="waiting"} 1',
      'curfew_database_up 1',
      'curfew_live_sessions{policy="member"} 3',
      'curfew_outbox_notices 2',
      'curfew_outbox_oldest_seconds 7',
      'curfew_control_findings{kind="family_past_limit"} 4',
      'curfew_control_age_seconds 90',
      'curfew_outbox_undeliverable 1',
    ]);
    assert.equal(asked, 1);

    const cut = createMetrics();
    cut.observe({ pool, sample: () => Promise.reject(new Error('no database')) });
    const { text } = await cut.render();
    assert.match(text, /^curfew_database_up 0$/m);
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
    assert.doesNotMatch(text, /^curfew_(live_sessions|outbox_notices)[ {]/m);
  });

  it('knows every reason by its word', async () => {
    const metrics = createMetrics();
    for (const reason of Object.keys(endReasons)) {
      metrics.noteNews([{ name: 'family.ended', detail: { reason, found_late_seconds: 0 } }]);
    }
    const { text } = await metrics.render();
    for (const reason of Object.keys(endReasons)) {
      assert.ok(text.includes(`curfew_ends_total{of="family",reason="${reason}"} 1`), reason);
    }
  });
});

describe('listenForScrapes', () => {
  it('answers /metrics and nothing else, on loopback', async () => {
    const scrapes = await listenForScrapes(createMetrics(), 0, '127.0.0.1');
    const ask = (path: string, method = 'GET') =>
      fetch(`http://127.0.0.1:${scrapes.port}${path}`, { method });
    try {
      const answer = await ask('/metrics');
      assert.deepEqual(
        [answer.status, answer.headers.get('content-type')],
        [200, 'text/plain; version=0.0.4; charset=utf-8'],
      );
      assert.match(await answer.text(), /^# TYPE curfew_ends_total counter$/m);
      for (const path of ['/', '/metrics/', '/token']) assert.equal((await ask(path)).status, 404, path);
      assert.equal((await ask('/metrics', 'POST')).status, 404);
    } finally {
      await scrapes.close();
    }
  });
});
