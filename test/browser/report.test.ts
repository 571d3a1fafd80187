import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { renderCompliancePage } from '../../src/reports/render_compliance_page.ts';
import { renderMonthlyPage } from '../../src/reports/render_monthly_page.ts';
import type { UsageRow } from '../../src/reports/report_usage.ts';
import { usageBucket } from '../../src/domain/usage.ts';
import { suggestLimit } from '../../src/policy/suggest_limit.ts';
import { evaluateCompliance } from '../../src/policy/evaluate_compliance.ts';
import { configurationOf, policy } from '../policy/facts.ts';
import { soundFacts } from '../policy/running_facts.ts';
import { launchChromium } from '../support/chromium.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A report with every verdict, long names and an excuse. */
function longReport(): string {
  const claiming = { ...policy('till', { session_idle: 1200 }), baselines: ['pci-dss-4.0.1', 'asvs-5-l2'] };
  const excuse = { requirement: 'pci-dss-4.0.1/idle', reason: 'One card at a time', until: '2027-06-30' };
  const configuration = {
    ...configurationOf({
      policies: [claiming],
      resources: [{ identifier: `https://api.example.com/${'long'.repeat(20)}`, scopes: [], policy: 'till' }],
      roles: [{ name: 'till', policy: 'till' }],
    }),
    deviations: new Map([['tills', { name: 'tills', ...excuse }]]),
  };
  const report = evaluateCompliance(configuration, soundFacts, { today: '2026-11-28' });
  const counts = { pass: 1, fail: 1, justified: 1 };
  return renderCompliancePage({ day: '2026-11-28', counts, unclaimed: ['default'], ...report });
}

/** A month with a limit of each verdict, and nothing else. */
function monthlyReport(): string {
  const none = { count: 0, hours: 0 };
  const away = {
    spans: 200,
    gaps: new Map([[usageBucket(1100), { count: 900, seconds: 990_000 }]]),
    tails: new Map(),
    gone: 100,
  };
  const usage = [900, 1200, 20_000].map((limit): UsageRow => {
    const suggestion = suggestLimit(away, { limit, stretch: 14_400, weight: 1 });
    return {
      ...suggestion,
      of: 'session',
      field: 'session_idle',
      policy: `policy-of-${limit}-${'long'.repeat(20)}`,
      policyVersion: 3,
      limit,
      key: null,
      spans: 200,
      openHours: 900,
      unusedHours: 400,
      longestUsual: 1200,
      found: { unrefreshed: none, polling: { count: 3, hours: 4.5 }, regular: none, outlived: none },
    };
  });
  const compliance = evaluateCompliance(configurationOf({}), soundFacts, { today: '2026-11-28' });
  return renderMonthlyPage({
    month: '2026-10',
    day: '2026-11-28',
    isWhole: true,
    isDemo: true,
    live: [{ policy: 'till', count: 3 }],
    endedSessions: [{ reason: 'idle_timeout', count: 12_345 }],
    endedFamilies: [],
    refusedRefreshes: [{ reason: 'reuse_detected', count: 1 }],
    usage,
    timeouts: [],
    compliance: {
      day: '2026-11-28',
      counts: { pass: 0, fail: 0, justified: 0 },
      unclaimed: ['default'],
      ...compliance,
    },
    controls: { completedAt: null, walks: [], trailSeconds: 0, findings: [] },
  });
}

for (const [name, write] of [
  ['compliance', longReport],
  ['monthly', monthlyReport],
] as const)
  describe(`the ${name} report as a page`, function page() {
    this.timeout(60_000);

    it('has no fault that axe finds, fits into every window, and lets its own style in alone', async () => {
      const browser = await launchChromium();
      const context = await browser.newContext({ bypassCSP: false });
      const shown = await context.newPage();
      const refused: string[] = [];
      shown.on('console', (message) => refused.push(message.text()));
      await shown.setContent(write());
      const size = await shown.evaluate<string>(`getComputedStyle(document.querySelector('h1')).fontSize`);
      assert.equal(size, '28px');
      assert.deepEqual(refused, []);
      const source = await shown.content();
      await context.close();

      const free = await browser.newContext({ bypassCSP: true });
      const examined = await free.newPage();
      await examined.setContent(source);
      await examined.addScriptTag({ path: axe });
      for (const colorScheme of ['light', 'dark'] as const) {
        await examined.emulateMedia({ colorScheme });
        for (const width of [320, 768, 1280]) {
          await examined.setViewportSize({ width, height: 900 });
          const found = await examined.evaluate<{ violations: string[]; excess: number }>(
            `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => ({
            violations: violations.map(({ id, nodes }) => id + ' ' + nodes[0].target),
            excess: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          }))`,
          );
          assert.deepEqual(found, { violations: [], excess: 0 }, `${colorScheme}, ${width} px`);
        }
      }
      await free.close();
    });
  });
