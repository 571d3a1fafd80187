import { Readable } from 'node:stream';
import { z } from 'zod';
import { csvLine } from '../../domain/csv_line.ts';
import { sendPage } from '../../http/send_page.ts';
import { findAccountByUsername, listUsernames } from '../../store/accounts.ts';
import { listAuditWindow } from '../../store/audit_events.ts';
import type { ListedEvent, WindowFilter } from '../../store/audit_events.ts';
import type { Database } from '../../store/database.ts';
import { consoleAuditPage } from '../../../views/console/audit.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { describeEvent } from './describe_events.ts';
import { linkPages, readPlace, readQuery } from './query.ts';
import { consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const perPage = 50;
/** An export ends there, and after so many windows that were looked through. */
const mostExported = 100_000;
const mostWindows = 200;
const perRead = 1000;

/** The trail, by what happened, to whom and when. */
export async function showAudit(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, now } = visit;
  const before = readPlace(ctx, z.uuid());
  const { form, filter } = await readFilter(visit, dependencies);
  const found = await listAuditWindow(dependencies.database, filter, { before, most: perPage });
  const accountIds = found.events.flatMap((event) => event.account_id ?? []);
  const usernames = await listUsernames(dependencies.database, [...new Set(accountIds)]);
  const shell = await describeShell(dependencies, visit);
  const query = new URLSearchParams(form);
  const page = consoleAuditPage(shell, {
    filter: form,
    events: found.events.map((event) => describeEvent(event, usernames, now)),
    exports: [
      { url: `${consoleRoot}/audit.csv?${query.toString()}`, label: 'CSV' },
      { url: `${consoleRoot}/audit.json?${query.toString()}`, label: 'JSON' },
    ],
    mostExported: mostExported.toLocaleString('en-GB'),
    ...linkPages(ctx, found.next, found.isCut),
  });
  sendPage(ctx, page);
}

/** The same events as a file, read and sent page by page. */
export async function exportCsv(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { filter } = await readFilter(visit, dependencies);
  visit.ctx.type = 'text/csv; charset=utf-8';
  send(visit, 'trail.csv', writeCsv(readEvents(dependencies.database, filter)));
}

export async function exportJson(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { filter } = await readFilter(visit, dependencies);
  visit.ctx.type = 'json';
  send(visit, 'trail.json', writeJson(readEvents(dependencies.database, filter)));
}

function send({ ctx }: ConsoleVisit, name: string, text: AsyncIterable<string>): void {
  ctx.attachment(name);
  ctx.set('Cache-Control', 'no-store');
  ctx.status = 200;
  ctx.body = Readable.from(text);
}

async function readFilter({ ctx }: ConsoleVisit, { database }: ConsoleDependencies) {
  const form = {
    name: readQuery(ctx, 'name', 100),
    account: readQuery(ctx, 'account'),
    from: readDay(readQuery(ctx, 'from', 10)),
    to: readDay(readQuery(ctx, 'to', 10)),
  };
  const account = form.account === '' ? undefined : await findAccountByUsername(database, form.account);
  const filter: WindowFilter = {
    name: form.name || undefined,
    accountId: account?.account.accountId ?? (form.account || undefined),
    from: form.from === '' ? undefined : `${form.from}T00:00:00Z`,
    to: form.to === '' ? undefined : dayAfter(form.to),
  };
  return { form, filter };
}

/** '' for what is no day of this time. */
function readDay(text: string): string {
  return /^20\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? text : '';
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString();
}

async function* readEvents(database: Database, filter: WindowFilter): AsyncGenerator<ListedEvent> {
  let before: string | undefined;
  let count = 0;
  for (let windows = 0; windows < mostWindows; windows += 1) {
    const most = Math.min(perRead, mostExported - count);
    const { events, next } = await listAuditWindow(database, filter, { before, most });
    yield* events;
    count += events.length;
    if (next === undefined || count >= mostExported) return;
    before = next;
  }
}

const columns = [
  'event_id',
  'occurred_at',
  'name',
  'account_id',
  'client_id',
  'session_id',
  'family_id',
  'request_id',
  'address',
  'detail',
] as const;

async function* writeCsv(events: AsyncIterable<ListedEvent>): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const event of events)
    yield csvLine(
      columns.map((column) => {
        const value = event[column] ?? '';
        return typeof value === 'string' ? value : JSON.stringify(value);
      }),
    );
}

async function* writeJson(events: AsyncIterable<ListedEvent>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const event of events) {
    yield `${separator}${JSON.stringify(event)}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
