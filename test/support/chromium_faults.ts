import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** The narrowest and the widest window; a scheme changes colours and nothing else: in the dark the rules about them are enough. */
const views = [
  { colorScheme: 'light', width: 320, options: {} },
  { colorScheme: 'light', width: 1280, options: {} },
  { colorScheme: 'dark', width: 1280, options: { runOnly: ['color-contrast', 'link-in-text-block'] } },
] as const;
/** Pixels: every page fits into these windows. */
const widths = [320, 360, 768, 1280];

interface Violation {
  id: string;
  nodes: { target: string[]; failureSummary: string }[];
}

const examine = (options: object) =>
  `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ['violations'] })}).then((found) => found.violations)`;
/** How much wider the page is than the window, in pixels. */
const measureExcess = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** By how much tables are wider than their boxes; between a telephone and a desk they may scroll in them. */
const measureTables =
  "[...document.querySelectorAll('.table-box')].map((box) => box.scrollWidth - box.clientWidth)";

/** What axe finds on the page that is shown, and where it is too wide. Needs `bypassCSP`. */
export async function listFaults(page: Page, state: string): Promise<string[]> {
  const faults: string[] = [];
  await page.addScriptTag({ path: axe });
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    const excess = await page.evaluate<number>(measureExcess);
    if (excess > 0) faults.push(`${state}, ${width} px: ${excess} px too wide`);
    const tables = await page.evaluate<number[]>(measureTables);
    if (width !== 768 && tables.some((over) => over > 0))
      faults.push(`${state}, ${width} px: tables too wide by ${tables.join()} px`);
  }
  for (const { colorScheme, width, options } of views) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    for (const { id, nodes } of await page.evaluate<Violation[]>(examine(options))) {
      const found = nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`);
      faults.push(`${state}, ${colorScheme}, ${width} px: ${id}: ${found.join('; ')}`);
    }
  }
  return faults;
}
