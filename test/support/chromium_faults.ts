import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

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

/** What axe finds on the page that is shown, and where it is too wide, in every scheme and width. Needs `bypassCSP`. */
export async function listFaults(page: Page, state: string): Promise<string[]> {
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
