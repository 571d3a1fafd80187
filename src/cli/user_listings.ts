import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import type { Instant } from '../domain/instants.ts';
import { Problem } from '../domain/problems.ts';
import { guesserHash } from '../operations/take_allowance.ts';
import { alignColumns } from '../reports/align_columns.ts';
import { findListedAccount, listAccounts } from '../store/account_listing.ts';
import type { ListedAccount } from '../store/account_listing.ts';
import type { Database } from '../store/database.ts';
import { countKnownDevices } from '../store/known_devices.ts';
import { findSignInFailures } from '../store/sign_in_failures.ts';
import { withDatabase } from './open_database.ts';

const mostListed = 1000;

export function addUserListings(user: Command): void {
  user
    .command('list')
    .description(`the first ${mostListed} accounts by username`)
    .option('--after <username>', 'those that come after this one')
    .option('--json', 'as one JSON document')
    .action(async (options: { after?: string; json?: true }) => {
      await inDatabase(async (database) => {
        const accounts = await listAccounts(database, { most: mostListed, after: options.after });
        process.stdout.write(
          options.json
            ? `${JSON.stringify(accounts)}\n`
            : alignColumns(accounts.map(cells))
                .map((one) => `${one}\n`)
                .join(''),
        );
      });
    });
  user
    .command('show <username>')
    .description('one account: its roles, how it signs in, and whether it may')
    .option('--json', 'as one JSON document')
    .action(async (username: string, options: { json?: true }) => {
      await inDatabase(async (database) => {
        const account = await findListedAccount(database, username);
        if (!account) throw new Problem('account_unknown', `There is no account named ${username}.`);
        const shown = { ...account, ...(await findGuesses(database, account)) };
        process.stdout.write(options.json ? `${JSON.stringify(shown)}\n` : describe(shown));
      });
    });
}

async function inDatabase(work: (database: Database) => Promise<void>): Promise<void> {
  await withDatabase(readEnvironment(process.env, 'tool'), work);
}

/** How passwords are tried; instants as ISO 8601. */
interface Guesses {
  knownDevices: number;
  /** In a row, by browsers that the account does not know; null: none. */
  wrongPasswords: { count: number; lastAt: string; blockedUntil: string | null } | null;
}

async function findGuesses(
  database: Database,
  { accountId, username }: { accountId: string; username: string },
): Promise<Guesses> {
  const found = await findSignInFailures(database, guesserHash({ username }));
  const iso = (instant: Instant) => new Date(instant / 1000).toISOString();
  return {
    knownDevices: await countKnownDevices(database, accountId),
    wrongPasswords: found
      ? {
          count: found.failures,
          lastAt: iso(found.lastFailedAt),
          blockedUntil: found.blockedUntil === null ? null : iso(found.blockedUntil),
        }
      : null,
  };
}

function cells(account: ListedAccount): string[] {
  const { accountId, username, email, roles } = account;
  return [username, state(account), roles.join(',') || 'no roles', email ?? 'no e-mail', accountId];
}

function state({ disabledAt, hasPassword, passwordLink }: ListedAccount): string {
  if (disabledAt !== null) return 'disabled';
  if (hasPassword) return 'active';
  return passwordLink ? 'invited' : 'no password';
}

function describe(account: ListedAccount & Guesses): string {
  const { passwordLink: link, wrongPasswords: wrong } = account;
  const wait = wrong?.blockedUntil ? `; no more before ${wrong.blockedUntil}` : '';
  const facts: [what: string, value: string | undefined][] = [
    ['account', account.accountId],
    ['username', account.username],
    ['name', account.name ?? undefined],
    ['e-mail', account.email ?? undefined],
    ['roles', account.roles.join(', ') || 'none'],
    ['state', state(account)],
    ['created', account.createdAt],
    ['disabled', account.disabledAt ?? undefined],
    ['password', account.hasPassword ? 'set' : 'none'],
    ['link', link ? `${link.purpose}, good until ${link.expiresAt}` : undefined],
    ['authenticator apps', String(account.apps)],
    ['passkeys', String(account.passkeys)],
    ['recovery codes left', String(account.recoveryCodes)],
    ['known browsers', String(account.knownDevices)],
    ['wrong passwords', wrong ? `${wrong.count} in a row, the last ${wrong.lastAt}${wait}` : 'none'],
  ];
  const told = facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
  return told.map(([what, value]) => `${what}: ${value}\n`).join('');
}
