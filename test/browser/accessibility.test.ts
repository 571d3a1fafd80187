import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';
import { walks } from '../support/chromium_walks.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A scheme changes colours and nothing else: in the dark the rules about them are enough. */
const schemes = [
  ['light', {}],
  ['dark', { runOnly: ['color-contrast', 'link-in-text-block'] }],
] as const;
const widths = [320, 768, 1280];

interface Findings {
  violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
  /** How much wider the page is than the window, in pixels. */
  excess: number;
}

const examine = (options: object) => `
  axe.run(document, ${JSON.stringify({ ...options, resultTypes: ['violations'] })}).then(({ violations }) => ({
    violations,
    excess: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }))
`;

describe('the pages that people meet', () => {
  let mails: MailServer;
  let scene: Scene;

  before(async () => {
    mails = await startMailServer();
    scene = await openScene({ mail: { smtpUrl: mails.url, from: 'login@example.com' } });
  });
  afterEach(() => scene.closePages());
  after(async () => {
    await scene.close();
    await mails.close();
  });

  /** What is wrong with the page that is shown, in every scheme and width. */
  async function listFaults(page: Page, state: string): Promise<string[]> {
    const faults: string[] = [];
    await page.addScriptTag({ path: axe });
    for (const [colorScheme, options] of schemes) {
      await page.emulateMedia({ colorScheme });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        const { violations, excess } = await page.evaluate<Findings>(examine(options));
        const where = `${state}, ${colorScheme}, ${width} px`;
        if (excess > 0) faults.push(`${where}: ${excess} px too wide`);
        for (const { id, nodes } of violations) {
          const found = nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`);
          faults.push(`${where}: ${id}: ${found.join('; ')}`);
        }
      }
    }
    return faults;
  }

  for (const [name, walk] of Object.entries(walks)) {
    it(`have no fault that axe finds and fit into every window: ${name}`, async () => {
      const page = await scene.openPage({ bypassCSP: true });
      const faults: string[] = [];
      for await (const state of walk(scene, page)) {
        assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, state);
        faults.push(...(await listFaults(page, state)));
      }
      assert.deepEqual(faults, []);
    });
  }
});
