import type { Html } from '../../views/html.ts';
import { consoleOverviewPage } from '../../views/console/overview.ts';
import { consoleRefusedPage } from '../../views/console/refused.ts';
import { consoleEndSessionsPage, consoleSessionsPage } from '../../views/console/sessions.ts';
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
    consoleSessions: (text) =>
      consoleSessionsPage(
        { ...shell(text), mayChange: true },
        {
          filter: { person: text('person'), client: text('client'), policy: 'chosen', isSoon: true },
          policies: ['chosen', 'another'],
          sessions: [listedSession(text)],
          ...pages(text),
        },
      ),
    consoleSessionsToLookAt: (text) =>
      consoleSessionsPage(shell(text), {
        filter: { person: text('person'), client: text('client'), policy: text('policy'), isSoon: false },
        policies: [],
        sessions: [listedSession(text)],
      }),
    consoleEndSessions: (text) =>
      consoleEndSessionsPage(shell(text), {
        sessions: [listedSession(text)],
        reason: text('reason'),
        error: text('error'),
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

const moment = (text: Text) => (name: string) => ({
  iso: text('iso'),
  text: text('moment'),
  distance: text(name),
});

function listedSession(text: Text) {
  return {
    sessionId: text('sessionId'),
    username: text('username'),
    accountUrl: text('url'),
    clients: [text('clientId'), text('clientId')],
    address: text('address'),
    lastActive: moment(text)('lastActive'),
    idleEnd: moment(text)('idleEnd'),
    absoluteEnd: moment(text)('absoluteEnd'),
    policies: [text('policy'), text('policy')],
  };
}

function pages(text: Text) {
  return { nextUrl: text('nextUrl'), firstUrl: text('firstUrl'), isCut: true };
}
