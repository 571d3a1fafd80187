import assert from 'node:assert/strict';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { rollUpUsage } from '../../src/jobs/roll_up_usage.ts';
import { Problem } from '../../src/domain/problems.ts';
import { renderMonthlyPage, summariseMonth } from '../../src/reports/render_monthly_page.ts';
import { reportMonthly } from '../../src/reports/report_monthly.ts';
import { soundFacts } from '../policy/running_facts.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { sql } from '../support/sql.ts';
import { interrupted, storeUsage } from '../support/usage_counts.ts';
import { strictParse } from '../views/strict_parse.ts';

const day = 86_400;
const { passwordAttempts: _configured, ...facts } = soundFacts;

/** The clock of the test begins with 2026. */
describe('reportMonthly', () => {
  let test: OperationTest;

  beforeEach(async () => {
    test = await prepareOperationTest();
    await test.clock.set(35 * day);
  });
  afterEach(() => test.drop());

  async function record(name: string, at: string, detail: object): Promise<void> {
    await sql(
      test.database,
      `insert into audit_events (occurred_at, name, account_id, detail) values ($1, $2, 'ada', $3)`,
      at,
      name,
      JSON.stringify(detail),
    );
  }

  it('tells of the last month that is over, and of its days alone', async () => {
    await record('session.ended', '2025-12-31T23:59:59Z', { reason: 'signed_out' });
    await record('session.ended', '2026-01-01T00:00:00Z', { reason: 'idle_timeout' });
    await record('session.ended', '2026-01-31T23:59:59Z', { reason: 'idle_timeout' });
    await record('session.ended', '2026-01-15T00:00:00Z', { reason: 'signed_out' });
    await record('refresh.refused', '2026-01-15T00:00:00Z', { code: 'reuse_detected' });
    await record('session.ended', '2026-02-01T00:00:00Z', { reason: 'replaced' });
    await createSealer(test.database, createSecretsAtRest([Buffer.alloc(32, 7)]))();
    await rollUpUsage(test.database);
    await storeUsage(test.database, { policy: 'member', limit: 900 }, interrupted(900), 20);
    await storeUsage(test.database, { policy: 'admin', limit: 900 }, interrupted(900), 1);
    const report = await reportMonthly(test.database, facts);
    assert.deepEqual([report.month, report.day, report.isWhole], ['2026-01', '2026-02-05', true]);
    assert.deepEqual(report.endedSessions, [
      { reason: 'idle_timeout', count: 2 },
      { reason: 'signed_out', count: 1 },
    ]);
    assert.deepEqual(report.refusedRefreshes, [{ reason: 'reuse_detected', count: 1 }]);
    assert.deepEqual(
      report.usage.map(({ policy, verdict }) => [policy, verdict]),
      [['member', 'too_strict']],
    );
    assert.deepEqual(
      report.timeouts.map(({ policy, premature }) => [policy, premature]),
      [['member', 600]],
    );
    assert.match(
      summariseMonth(report),
      /^3 sessions ended, 1 refreshes were refused\. Policies too strict: 1, too loose: 0\. .*Found alive past a limit: 0\.$/,
    );
  });

  it('is one page that loads nothing, and says what the month lacks', async () => {
    await storeUsage(test.database, { policy: 'member', limit: 900 }, interrupted(900), 1);
    const report = await reportMonthly(test.database, facts, '2026-02');
    const page = renderMonthlyPage(report);
    const elements = strictParse(page.replace(/<style>[^]*<\/style>/, ''));
    const headings = elements.filter(({ tag }) => tag === 'h1' || tag === 'h2').map(({ text }) => text);
    assert.deepEqual(headings, [
      'Access in February 2026',
      'Live sessions',
      'Ended sessions',
      'Ended access of apps',
      'Refused refreshes',
      'Idle limits',
      'Premature timeouts',
      'Compliance with baselines',
      'Detective control',
    ]);
    assert.equal(elements.filter(({ tag }) => tag === 'script' || tag === 'link' || tag === 'img').length, 0);
    assert.match(page, /February 2026 is not over: it is told as far as 2026-02-05\./);
    assert.match(page, /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/);
    assert.match(page, /<svg class="plot frontier"/);
    assert.match(page, /No session ended\./);
  });

  it('refuses a month that has not begun', async () => {
    await assert.rejects(
      reportMonthly(test.database, facts, '2026-03'),
      (error) => error instanceof Problem && error.code === 'month_invalid',
    );
  });
});
