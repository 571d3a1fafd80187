import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { parseDuration } from '../domain/durations.ts';
import { Problem } from '../domain/problems.ts';
import { exportTrail } from '../events/export_trail.ts';
import { findAccountByUsername } from '../store/accounts.ts';
import { listAuditEvents } from '../store/audit_events.ts';
import type { EventFilter, ListedEvent } from '../store/audit_events.ts';
import { readTrail } from '../store/audit_verification.ts';
import type { Queryable } from '../store/database.ts';
import { withDatabase } from './open_database.ts';
import { writeTrail } from './write_trail.ts';

interface ListOptions {
  user?: string;
  account?: string;
  event?: string;
  /** Seconds. */
  since?: number;
  limit: number;
  json?: true;
}

export function addAuditListings(audit: Command): void {
  filtered(audit.command('list').description('the newest events, the newest first'))
    .option('--limit <count>', 'how many', readCount, 50)
    .action(async (options: ListOptions) => {
      await onTrail(async (tx) => {
        const events = await listAuditEvents(tx, await readFilter(tx, options), { newest: options.limit });
        process.stdout.write(
          options.json
            ? `${JSON.stringify(events)}\n`
            : events.map((event) => `${describe(event)}\n`).join(''),
        );
      });
    });
  filtered(
    audit
      .command('export')
      .description('every event, the oldest first, a line of JSON each, and the checkpoint at the end'),
  ).action(async (options: ListOptions) => {
    await onTrail(async (tx) => {
      const filter = await readFilter(tx, options);
      await writeTrail(
        exportTrail((work) => work(tx), filter),
        options.json === true,
      );
    });
  });
}

function filtered(command: Command): Command {
  return command
    .option('--user <username>', 'only events of this account')
    .option('--account <id>', 'only events of this account, by its id')
    .option('--event <name>', 'only events of this name')
    .option('--since <duration>', 'only events younger than this: 90s, 15m, 8h, 30d', readSince)
    .option('--json', 'print one JSON document');
}

async function onTrail(work: (tx: Queryable) => Promise<void>): Promise<void> {
  await withDatabase(readEnvironment(process.env, 'tool'), (database) => readTrail(database, work));
}

async function readFilter(tx: Queryable, { user, account, event, since }: ListOptions): Promise<EventFilter> {
  const found = user === undefined ? undefined : await findAccountByUsername(tx, user);
  if (user !== undefined && !found)
    throw new Problem('account_unknown', `There is no account named ${user}.`);
  return { accountId: found?.account.accountId ?? account, name: event, maxAge: since };
}

function readSince(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined)
    throw new InvalidArgumentError('It must be a duration such as 90s, 15m, 8h or 30d.');
  return seconds;
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
  return Number(text);
}

function describe(event: ListedEvent): string {
  const about = [
    event.account_id && `account ${event.account_id}`,
    event.client_id && `client ${event.client_id}`,
    event.address && `from ${event.address}`,
  ];
  const detail = Object.keys(event.detail).length > 0 ? JSON.stringify(event.detail) : '';
  return [event.occurred_at, event.name, ...about, detail].filter(Boolean).join('  ');
}
