import type { Html } from '../../views/html.ts';
import { consoleOverviewPage } from '../../views/console/overview.ts';
import { consoleRefusedPage } from '../../views/console/refused.ts';
import type { Shell } from '../../views/console/shell.ts';
import { plotBars, plotColumns } from '../../src/reports/plot_bars.ts';
import type { PageContext } from '../../views/layout.ts';
import type { Text } from './pages.ts';

/** Every page of the console with every prop filled by `text`. */
export function consolePages(
  branded: (text: Text) => PageContext,
): Readonly<Record<string, (text: Text) => Html>> {
  const shell = (text: Text): Shell => ({
    context: branded(text),
    csrfToken: text('csrfToken'),
    username: text('username'),
    mayChange: false,
    notice: text('notice'),
  });
  return {
    consoleOverview: (text) =>
      consoleOverviewPage(shell(text), {
        tables: [plotBars, plotColumns].map((plot, at) => ({
          heading: text('heading'),
          plot: plot({
            id: `plot-${at}`,
            title: text('title'),
            description: text('description'),
            bars: [{ label: text('label'), value: 7 }],
          }),
          caption: text('caption'),
          columns: [text('column'), text('column')],
          rows: [{ name: text('name'), url: text('url'), numbers: [text('number')] }],
          empty: text('empty'),
        })),
      }),
    consoleRefused: (text) =>
      consoleRefusedPage(shell(text), { heading: text('heading'), text: text('text'), back: text('back') }),
    consoleClosed: (text) =>
      consoleRefusedPage(
        { context: branded(text), csrfToken: text('csrfToken') },
        { heading: text('heading'), text: text('text') },
      ),
  };
}
