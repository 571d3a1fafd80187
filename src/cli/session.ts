import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { lineSchema } from '../config/schema/names.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Instant } from '../domain/instants.ts';
import { Problem } from '../domain/problems.ts';
import { endAccountAccess } from '../operations/end_account_access.ts';
import { endByOperator } from '../operations/end_by_operator.ts';
import { evaluateFamily, evaluateSession } from '../policy/evaluate_lifetime.ts';
import { familyLimits, sessionLimits } from '../policy/subject_limits.ts';
import { alignColumns } from '../reports/align_columns.ts';
import { findAccountByUsername } from '../store/accounts.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database, Queryable } from '../store/database.ts';
import { listLiveFamilies, listLiveSessions } from '../store/live_access.ts';
import type { LiveFilter } from '../store/live_access.ts';
import { withDatabase } from './open_database.ts';

const origin = { actor: 'operator' };
const mostListed = 1000;

/** One line of the list: a browser session, or a family with a lease or without. Instants in ISO 8601. */
interface LiveEntry {
  id: string;
  kind: 'session' | 'bound' | 'offline' | 'lease';
  username: string;
  clients: readonly string[];
  address?: string | undefined;
  startedAt: string;
  lastActivityAt: string;
  idleEndAt: string;
  absoluteEndAt: string;
}

export function addSessionCommands(program: Command): void {
  const session = program.command('session').description('who still has access, and until when');
  session
    .command('list')
    .description(`sessions, and refresh-token families that outlive them; at most ${mostListed} of each`)
    .option('--user <username>', 'of one account')
    .option('--json', 'as one JSON document')
    .action(async (options: { user?: string; json?: boolean }) => {
      await inDatabase(async (database) => {
        const accountId = options.user === undefined ? undefined : await getAccountId(database, options.user);
        const entries = await listLive(database, { accountId, most: mostListed });
        print(
          entries.filter(({ kind }) => kind !== 'bound'),
          options,
        );
      });
    });
  session
    .command('show <id>')
    .description('one session with all its families, or one family')
    .option('--json', 'as one JSON document')
    .action(async (id: string, options: { json?: boolean }) => {
      await inDatabase(async (database) => {
        const entries = await listLive(database, { id, most: mostListed });
        if (entries.length === 0) throw new Problem('session_unknown', `Nothing alive has the id ${id}.`);
        print(entries, options);
      });
    });
  session
    .command('end [ids...]')
    .description('end sessions with all that came from them, or families; clients are told')
    .option('--user <username>', 'everything of one account')
    .option(
      '--reason <text>',
      'what its person is told who comes back; the trail does not have it',
      readReason,
    )
    .option('--json', 'as one JSON document')
    .action(async (ids: string[], options: EndOptions, command: Command) => {
      const { user, reason, json } = options;
      if ((user === undefined) === (ids.length === 0)) command.error('error: name ids, or say --user');
      if (user !== undefined && reason !== undefined) command.error('error: --reason goes with ids');
      await inDatabase(async (database) => {
        const ended = await database.transaction(async (tx) => {
          const configuration = await loadConfiguration(tx);
          if (user === undefined) return await endEach(tx, configuration, ids, reason);
          const accountId = await getAccountId(tx, user);
          return await endAccountAccess(tx, configuration, accountId, 'ended_by_operator', origin);
        });
        const text = `ended ${ended.sessions} sessions and ${ended.families} families`;
        process.stdout.write(`${json ? JSON.stringify(ended) : text}\n`);
      });
    });
}

async function inDatabase(work: (database: Database) => Promise<void>): Promise<void> {
  await withDatabase(readEnvironment(process.env, 'tool'), work);
}

interface EndOptions {
  user?: string;
  reason?: string;
  json?: true;
}

function readReason(text: string): string {
  const read = lineSchema(200).safeParse(text);
  if (read.success) return read.data;
  throw new InvalidArgumentError(`It ${read.error.issues[0]?.message ?? 'is not valid'}.`);
}

async function endEach(
  tx: Queryable,
  configuration: Configuration,
  ids: readonly string[],
  reason: string | undefined,
) {
  const total = { sessions: 0, families: 0 };
  for (const id of ids) {
    const { sessions, families } = await endByOperator(tx, configuration, id, origin, reason);
    total.sessions += sessions;
    total.families += families;
  }
  return total;
}

async function getAccountId(db: Queryable, username: string): Promise<string> {
  const found = await findAccountByUsername(db, username);
  if (!found) throw new Problem('account_unknown', `There is no account named ${username}.`);
  return found.account.accountId;
}

/** What is alive by the limits in force: what is over and not yet swept is left out. */
async function listLive(database: Database, filter: LiveFilter): Promise<LiveEntry[]> {
  const configuration = await loadConfiguration(database);
  const entries: LiveEntry[] = [];
  for (const { session, username, roles, now, address } of await listLiveSessions(database, filter)) {
    const life = evaluateSession(session, sessionLimits(configuration, session, roles), now);
    if (life.over) continue;
    const own = {
      id: session.sessionId,
      kind: 'session',
      username,
      clients: session.clientIds,
      address,
    } as const;
    entries.push({ ...own, ...describeTimes(session, life) });
  }
  for (const { family, session, username, roles, now } of await listLiveFamilies(database, filter)) {
    const limits = sessionLimits(configuration, session ?? { clientIds: [] }, roles);
    const life = evaluateFamily(family, familyLimits(configuration, family, roles), { session, limits }, now);
    if (life.over) continue;
    const kind = family.bound ? 'bound' : family.lease ? 'lease' : 'offline';
    const own = { id: family.familyId, kind, username, clients: [family.clientId] } as const;
    entries.push({ ...own, ...describeTimes(family, life) });
  }
  return entries;
}

function describeTimes(
  { startedAt, lastActivityAt }: { startedAt: Instant; lastActivityAt: Instant },
  { idleEndAt, absoluteEndAt }: { idleEndAt: Instant; absoluteEndAt: Instant },
) {
  const iso = (instant: Instant) => new Date(instant / 1000).toISOString();
  return {
    startedAt: iso(startedAt),
    lastActivityAt: iso(lastActivityAt),
    idleEndAt: iso(idleEndAt),
    absoluteEndAt: iso(absoluteEndAt),
  };
}

function print(entries: readonly LiveEntry[], { json }: { json?: boolean }): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
    return;
  }
  if (entries.length === 0) process.stdout.write('Nobody is signed in.\n');
  const rows = entries.map(
    ({ id, kind, username, clients, address, lastActivityAt, idleEndAt, absoluteEndAt }) => [
      id,
      kind,
      username,
      clients.join(' ') || '-',
      address ?? '-',
      `active ${lastActivityAt}  idle until ${idleEndAt}  at most until ${absoluteEndAt}`,
    ],
  );
  for (const line of alignColumns(rows)) process.stdout.write(`${line}\n`);
}
