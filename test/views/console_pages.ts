import type { Html } from '../../views/html.ts';
import {
  consoleAccountChangePage,
  consoleAccountPage,
  consoleAccountsPage,
  consoleLinkPage,
  consoleNewAccountPage,
} from '../../views/console/accounts.ts';
import { consoleAuditPage } from '../../views/console/audit.ts';
import { consoleClientChangePage, consoleClientSecretPage } from '../../views/console/client_change.ts';
import {
  consoleAddedClientPage,
  consoleClientPage,
  consoleClientsPage,
  consoleNewClientPage,
} from '../../views/console/clients.ts';
import { consoleExplainPage } from '../../views/console/explain.ts';
import { consoleHistoryPage, consoleRevertPage, consoleVersionPage } from '../../views/console/history.ts';
import type { ConsoleRevertProps } from '../../views/console/history.ts';
import { consoleKeyChangePage, consoleKeysPage } from '../../views/console/keys.ts';
import { consoleRolesPage } from '../../views/console/roles.ts';
import { consoleNoticesPage, consoleReplayPage } from '../../views/console/notices.ts';
import { consoleOverviewPage } from '../../views/console/overview.ts';
import {
  consoleNewPolicyPage,
  consolePoliciesPage,
  consolePolicyPage,
  consolePolicyPreviewPage,
} from '../../views/console/policies.ts';
import type { ConsolePolicyPreviewProps } from '../../views/console/policies.ts';
import { consolePolicyFormPage } from '../../views/console/policy_form.ts';
import { consoleReportsPage } from '../../views/console/reports.ts';
import { consoleControlsPage } from '../../views/console/controls.ts';
import { consoleIdleHoldingsPage } from '../../views/console/idle_holdings.ts';
import { consoleMonthlyPage } from '../../views/console/monthly.ts';
import { consoleRefusedPage } from '../../views/console/refused.ts';
import { consoleEndSessionsPage, consoleSessionsPage } from '../../views/console/sessions.ts';
import type { Shell } from '../../views/console/shell.ts';
import { consoleTimeoutsPage } from '../../views/console/timeouts.ts';
import { consoleUsagePage, consoleUsagePolicyPage } from '../../views/console/usage.ts';
import { suggestLimit } from '../../src/policy/suggest_limit.ts';
import { plotBars, plotColumns } from '../../src/reports/plot_bars.ts';
import { plotShares } from '../../src/reports/plot_shares.ts';
import { plotFrontier } from '../../src/reports/plot_frontier.ts';
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
    consoleAccounts: (text) =>
      consoleAccountsPage(
        { ...shell(text), mayChange: true },
        {
          filter: { username: text('username'), role: 'chosen' },
          roles: ['chosen', 'another'],
          accounts: [
            {
              username: text('username'),
              url: text('url'),
              name: text('name'),
              email: text('email'),
              roles: [text('role')],
              disabled: true,
            },
          ],
          ...pages(text),
        },
      ),
    consoleAccount: (text) =>
      consoleAccountPage(shell(text), {
        username: text('username'),
        url: text('url'),
        facts: [{ label: text('label'), value: text('value') }],
        disabled: true,
        changes: [{ url: text('url'), label: text('label') }],
        sessions: [listedSession(text)],
        apps: [
          {
            clientId: text('clientId'),
            lastActive: moment(text)('lastActive'),
            idleEnd: moment(text)('idleEnd'),
            absoluteEnd: moment(text)('absoluteEnd'),
          },
        ],
        events: [listedEvent(text)],
        eventsUrl: text('url'),
      }),
    consoleAccountChange: (text) =>
      consoleAccountChangePage(shell(text), {
        username: text('username'),
        heading: text('heading'),
        lead: text('lead'),
        button: text('button'),
        action: text('action'),
        back: text('url'),
        version: text('version'),
        roles: [{ name: text('role'), held: true }],
      }),
    consoleNewAccount: (text) =>
      consoleNewAccountPage(shell(text), {
        values: { username: text('username'), name: text('name'), email: text('email') },
        roles: [{ name: text('role'), held: false }],
        error: { field: 'name', text: text('error') },
      }),
    consoleLink: (text) =>
      consoleLinkPage(shell(text), {
        username: text('username'),
        accountUrl: text('url'),
        link: text('link'),
        lasts: text('lasts'),
      }),
    consoleAudit: (text) =>
      consoleAuditPage(shell(text), {
        filter: { name: text('name'), account: text('account'), from: text('from'), to: text('to') },
        events: [listedEvent(text)],
        exports: [
          { url: text('url'), label: text('label') },
          { url: text('url'), label: text('label') },
        ],
        mostExported: text('most'),
        ...pages(text),
      }),
    consoleNotices: (text) =>
      consoleNoticesPage(
        { ...shell(text), mayChange: true },
        {
          notices: [
            {
              noticeId: text('noticeId'),
              kind: text('kind'),
              receiver: text('receiver'),
              queued: moment(text)('queued'),
              tries: 3,
              lastError: text('lastError'),
              givenUp: moment(text)('givenUp'),
            },
          ],
          isCut: true,
        },
      ),
    consoleReplay: (text) => consoleReplayPage(shell(text), { chosen: [text('noticeId'), text('noticeId')] }),
    consoleClients: (text) =>
      consoleClientsPage(
        { ...shell(text), mayChange: true },
        {
          filter: text('filter'),
          clients: [
            {
              clientId: text('clientId'),
              url: text('url'),
              name: text('name'),
              grants: [text('grant')],
              policy: text('policy'),
              disabled: false,
            },
          ],
          kinds: [{ url: text('url'), label: text('label'), hint: text('hint') }],
          ...pages(text),
        },
      ),
    consoleClient: (text) =>
      consoleClientPage(shell(text), {
        clientId: text('clientId'),
        facts: [{ label: text('label'), value: text('value') }],
        sessionsUrl: text('url'),
        disabled: true,
        changes: [{ url: text('url'), label: text('label') }],
      }),
    consoleClientChange: (text) =>
      consoleClientChangePage(shell(text), {
        clientId: text('clientId'),
        heading: text('heading'),
        lead: text('lead'),
        ends: text('ends'),
        button: text('button'),
        action: text('action'),
        back: text('back'),
        version: text('version'),
        choice: {
          name: 'overlap',
          label: text('label'),
          hint: text('hint'),
          value: 'day',
          options: [{ value: 'day', label: text('option') }],
        },
      }),
    consoleClientSecret: (text) =>
      consoleClientSecretPage(shell(text), {
        clientId: text('clientId'),
        url: text('url'),
        secret: text('secret'),
        before: text('before'),
      }),
    consoleNewClient: (text) =>
      consoleNewClientPage(shell(text), {
        heading: text('heading'),
        lead: text('lead'),
        action: text('action'),
        fields: [
          {
            name: 'client_id',
            label: text('label'),
            hint: text('hint'),
            value: text('value'),
            required: true,
          },
        ],
        error: { field: 'client_id', text: text('error') },
      }),
    consoleAddedClient: (text) =>
      consoleAddedClientPage(shell(text), {
        clientId: text('clientId'),
        url: text('url'),
        secret: text('secret'),
        snippets: [{ heading: text('heading'), text: text('snippet') }],
      }),
    consolePolicies: (text) =>
      consolePoliciesPage(shell(text), {
        policies: [
          {
            name: text('policy'),
            url: text('url'),
            version: 3,
            idle: text('idle'),
            absolute: text('absolute'),
            secondFactor: text('mfa'),
            baselines: [text('baseline')],
          },
        ],
        roles: [{ name: text('role'), policy: text('policy'), url: text('url'), isHeld: true }],
      }),
    consolePolicy: (text) =>
      consolePolicyPage(shell(text), {
        name: text('policy'),
        version: 3,
        limits: [{ label: text('label'), value: text('value'), hint: text('hint') }],
        baselines: [text('baseline')],
        uses: [text('use')],
        editUrl: text('url'),
      }),
    consoleNewPolicy: (text) =>
      consoleNewPolicyPage(shell(text), {
        error: text('error'),
        origins: [{ value: text('value'), label: text('label') }],
      }),
    consolePolicyForm: (text) =>
      consolePolicyFormPage(shell(text), {
        name: text('policy'),
        isNew: false,
        action: text('action'),
        fields: [
          {
            name: 'session_idle',
            label: text('label'),
            hint: text('hint'),
            value: text('value'),
            error: text('error'),
          },
          {
            name: 'mfa',
            label: text('label'),
            hint: text('hint'),
            value: 'none',
            choices: [{ value: 'none', label: text('label') }],
          },
        ],
        baselines: [{ id: 'nist', title: text('title'), claimed: true }],
        fault: { field: 'session_idle', text: text('error') },
      }),
    consolePolicyPreview: (text) =>
      consolePolicyPreviewPage(
        shell(text),
        preview(text, { action: text('action'), fields: { entry: text('entry') } }),
      ),
    consolePolicyPreviewUnproved: (text) =>
      consolePolicyPreviewPage(shell(text), preview(text, { proofUrl: text('url') })),
    consoleExplain: (text) =>
      consoleExplainPage(shell(text), {
        asked: {
          username: text('username'),
          client: text('client'),
          scope: text('scope'),
          resource: text('resource'),
        },
        error: { field: 'client', text: text('error') },
        answer: {
          who: text('who'),
          warnings: [text('warning')],
          notes: [text('note')],
          scopes: [{ name: text('scope'), outcome: text('outcome') }],
          groups: [
            {
              heading: text('heading'),
              limits: [
                {
                  label: text('label'),
                  value: text('value'),
                  winner: candidate(text),
                  losers: [candidate(text), { ...candidate(text), url: undefined, sources: '' }],
                },
                { label: text('label'), value: text('value'), losers: [] },
              ],
            },
          ],
        },
      }),
    consoleHistory: (text) =>
      consoleHistoryPage(shell(text), {
        policy: text('policy'),
        versions: [
          {
            version: 7,
            url: text('url'),
            made: moment(text)('made'),
            author: text('author'),
            message: text('message'),
            revertsTo: 3,
            changes: [text('change')],
            more: 2,
          },
        ],
        ...pages(text),
      }),
    consoleVersion: (text) =>
      consoleVersionPage(shell(text), {
        version: 3,
        to: 7,
        inForce: 9,
        changes: [changedField(text)],
        more: 3,
        isCut: true,
        revertUrl: text('url'),
      }),
    consoleRevert: (text) =>
      consoleRevertPage(
        shell(text),
        revert(text, { action: text('action'), fields: { in_force: text('version') } }),
      ),
    consoleRevertUnproved: (text) => consoleRevertPage(shell(text), revert(text, { proofUrl: text('url') })),
    consoleKeys: (text) =>
      consoleKeysPage(
        { ...shell(text), mayChange: true },
        {
          current: [signingKey(text)],
          next: [{ ...signingKey(text), at: undefined }],
          previous: [{ ...signingKey(text), removeUrl: text('url') }],
          rotateEvery: text('every'),
        },
      ),
    consoleKeyChange: (text) =>
      consoleKeyChangePage(shell(text), {
        heading: text('heading'),
        lead: text('lead'),
        warning: text('warning'),
        button: text('button'),
        action: text('action'),
        fields: { force: text('force') },
      }),
    consoleRoles: (text) =>
      consoleRolesPage(shell(text), {
        columns: [text('column')],
        roles: [
          {
            name: text('role'),
            people: text('people'),
            peopleUrl: text('url'),
            limits: [{ value: text('value'), policy: text('policy') }],
            met: [text('met')],
            missed: [text('missed')],
            broken: [{ id: text('baseline'), faults: [text('fault')] }],
          },
        ],
        ...pages(text),
      }),
    consoleReports: (text) =>
      consoleReportsPage(shell(text), {
        day: text('day'),
        summary: text('summary'),
        groups: [
          {
            heading: text('heading'),
            source: text('source'),
            rows: [
              {
                verdict: 'fail',
                requirement: text('requirement'),
                section: text('section'),
                modality: text('modality'),
                text: text('text'),
                details: [text('detail')],
              },
            ],
          },
        ],
        notes: [text('note')],
        fileUrl: text('url'),
      }),
    consoleIdleHoldings: (text) =>
      consoleIdleHoldingsPage(shell(text), {
        summary: text('summary'),
        plot: plotBars({
          id: 'holdings',
          title: text('title'),
          description: text('description'),
          bars: [{ label: text('label'), value: 3, text: text('value') }],
        }),
        rows: [
          {
            policy: text('policy'),
            url: text('url'),
            limit: text('limit'),
            live: text('live'),
            idle: text('idle'),
            rows: text('rows'),
            bytes: text('bytes'),
          },
        ],
        fileUrl: text('url'),
      }),
    consoleControls: (text) =>
      consoleControlsPage(shell(text), {
        summary: text('summary'),
        progress: [text('progress')],
        plot: plotBars({
          id: 'findings',
          title: text('title'),
          description: text('description'),
          bars: [{ label: text('label'), value: 3 }],
        }),
        findings: [
          {
            kind: text('kind'),
            meaning: text('meaning'),
            count: text('count'),
            firstSeenAt: text('firstSeenAt'),
            ids: [text('id')],
          },
        ],
        fileUrl: text('url'),
      }),
    consoleMonthly: (text) =>
      consoleMonthlyPage(shell(text), {
        heading: text('heading'),
        summary: text('summary'),
        notes: [text('note')],
        month: '2026-10',
        choices: [{ value: '2026-10', label: text('label') }],
        tables: [
          {
            heading: text('heading'),
            plot: plotBars({
              id: 'month-0',
              title: text('title'),
              description: text('description'),
              bars: [{ label: text('label'), value: 3 }],
            }),
            caption: text('caption'),
            columns: [text('column'), text('column')],
            rows: [{ name: text('name'), numbers: [text('number')] }],
            empty: text('empty'),
          },
        ],
        limits: [
          {
            heading: text('heading'),
            verdict: text('verdict'),
            isToChange: true,
            text: text('text'),
            facts: [text('fact')],
          },
        ],
        limitsEmpty: text('empty'),
        timeouts: {
          heading: text('heading'),
          caption: text('caption'),
          columns: [text('column'), text('column')],
          rows: [[text('name'), text('number')]],
          empty: text('empty'),
        },
        compliance: text('compliance'),
        controls: [text('control')],
        pageUrl: text('url'),
        fileUrl: text('url'),
      }),
    consoleUsage: (text) =>
      consoleUsagePage(shell(text), {
        isDemo: true,
        weight: text('weight'),
        weightError: text('error'),
        summary: text('summary'),
        limits: (['too_strict', 'fits'] as const).map((verdict) => ({
          policy: text('policy'),
          url: text('url'),
          version: 2,
          subject: text('subject'),
          limit: text('limit'),
          ended: text('ended'),
          verdict,
          verdictText: text('verdict'),
          suggestion: text('suggestion'),
          previewUrl: verdict === 'fits' ? undefined : text('url'),
        })),
        fileUrl: text('url'),
      }),
    consoleUsagePolicy: (text) =>
      consoleUsagePolicyPage(shell(text), {
        isDemo: true,
        policy: text('policy'),
        action: text('action'),
        weight: text('weight'),
        frontiers: [
          {
            heading: text('heading'),
            verdict: 'too_loose',
            verdictText: text('verdict'),
            text: text('text'),
            facts: [text('fact')],
            plot: plotFrontier({
              ...suggestLimit(absences, { limit: 3600, stretch: 14_400, weight: 1 }),
              id: 'frontier-0',
              title: text('title'),
              description: text('description'),
            }),
            caption: text('caption'),
            columns: [text('column'), text('column')],
            rows: [{ name: text('name'), numbers: [text('number')] }],
            empty: text('empty'),
            fileUrl: text('url'),
          },
        ],
        previewUrl: text('url'),
        previewText: text('preview'),
      }),
    consoleTimeouts: (text) =>
      consoleTimeoutsPage(shell(text), {
        isDemo: false,
        summary: text('summary'),
        by: 'client',
        choices: [{ value: 'client', label: text('label') }],
        keyLabel: text('keyLabel'),
        plot: plotShares({
          id: 'shares',
          title: text('title'),
          description: text('description'),
          bars: [{ label: text('label'), share: 0.2, low: 0.1, high: 0.3, text: text('share') }],
        }),
        plotNote: text('note'),
        rows: [
          {
            policy: text('policy'),
            url: text('url'),
            version: 2,
            key: text('key'),
            limit: text('limit'),
            subject: text('subject'),
            ends: text('ends'),
            premature: text('premature'),
            share: text('share'),
            circumstances: [text('circumstance')],
            needed: text('needed'),
            bound: {
              ends: text('ends'),
              premature: text('premature'),
              share: text('share'),
              circumstances: [text('circumstance')],
            },
          },
        ],
        fileUrl: text('url'),
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

const absences = {
  spans: 100,
  gaps: new Map([[16, { count: 60, seconds: 100_000 }]]),
  tails: new Map([[40, { count: 40, seconds: 190_000 }]]),
  gone: 0,
};

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

function changedField(text: Text) {
  return {
    entry: text('entry'),
    field: text('field'),
    change: text('change'),
    direction: text('direction'),
  };
}

function revert(text: Text, save: ConsoleRevertProps['save']): ConsoleRevertProps {
  return {
    version: 3,
    changes: [changedField(text)],
    more: 3,
    warnings: [text('warning')],
    ends: { rows: [{ policy: text('policy'), reason: text('reason'), sessions: 2, families: 1 }] },
    backUrl: text('url'),
    message: text('message'),
    ...('action' in (save ?? {}) ? { error: text('error') } : {}),
    save,
  };
}

function signingKey(text: Text) {
  return {
    keyId: text('keyId'),
    purpose: text('purpose'),
    algorithm: text('algorithm'),
    at: moment(text)('at'),
  };
}

function candidate(text: Text) {
  return {
    who: text('who'),
    url: text('url'),
    sources: text('source'),
    value: text('value'),
    why: text('why'),
  };
}

function pages(text: Text) {
  return { nextUrl: text('nextUrl'), firstUrl: text('firstUrl'), isCut: true };
}

function preview(text: Text, save: ConsolePolicyPreviewProps['save']): ConsolePolicyPreviewProps {
  return {
    name: text('policy'),
    differences: [{ label: text('label'), from: text('from'), to: text('to') }],
    warnings: [text('warning')],
    ends: {
      rows: [{ policy: text('policy'), reason: text('reason'), sessions: 1000, families: 1 }],
      sample: {
        sessions: { count: 1000, from: 900, to: 1100 },
        families: { count: 1, from: 0, to: 3 },
        countUrl: text('url'),
      },
    },
    backUrl: text('url'),
    save,
  };
}

function listedEvent(text: Text) {
  return {
    at: moment(text)('at'),
    name: text('event'),
    account: { label: text('label'), url: text('url') },
    client: text('clientId'),
    address: text('address'),
    detail: [{ name: text('name'), value: text('value') }],
  };
}
