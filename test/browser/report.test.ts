import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { renderCompliancePage } from '../../src/reports/render_compliance_page.ts';
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

describe('the compliance report as a page', function page() {
  this.timeout(60_000);

  it('has no fault that axe finds, fits into every window, and lets its own style in alone', async () => {
    const browser = await launchChromium();
    const context = await browser.newContext({ bypassCSP: false });
    const shown = await context.newPage();
    const refused: string[] = [];
    shown.on('console', (message) => refused.push(message.text()));
    await shown.setContent(longReport());
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
