import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';
import { addAccount } from '../operations/add_account.ts';
import { deleteAccount } from '../operations/delete_account.ts';
import { disableAccount, enableAccount } from '../operations/disable_account.ts';
import { removeSecondFactors } from '../operations/remove_second_factors.ts';
import { setRoles } from '../operations/set_roles.ts';
import { findAccountByUsername } from '../store/accounts.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Queryable } from '../store/database.ts';
import type { StoredAccount } from '../store/facts_sql.ts';
import { withDatabase } from './open_database.ts';
import { readSecretLine } from './read_secret_line.ts';

const origin = { actor: 'operator' };

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('accounts');
  user
    .command('add <username>')
    .description('create an account; its password is read from standard input')
    .option('--role <role...>', 'roles, by name')
    .option('--email <address>', 'e-mail address')
    .option('--name <name>', 'full name')
    .action(async (username: string, options: { role?: string[]; email?: string; name?: string }) => {
      const password = await readSecretLine();
      await inTransaction(async (tx, configuration) => {
        const { role: roles = [], email, name } = options;
        const accountId = await addAccount(
          tx,
          configuration,
          { username, roles, email, name, password },
          origin,
        );
        return `${username} is ${accountId}.`;
      });
    });
  user
    .command('set-roles <username> [roles...]')
    .description('replace the roles; what is already over under the old ones ends first')
    .action(async (username: string, roles: string[]) => {
      await inTransaction(async (tx, configuration) => {
        await setRoles(tx, configuration, await getAccount(tx, username), roles, origin);
        return `${username} has ${roles.length === 0 ? 'no roles' : roles.join(', ')}.`;
      });
    });
  user
    .command('disable <username>')
    .description('disable the account and end all its sessions and refresh tokens')
    .action(async (username: string) => {
      await inTransaction(async (tx, configuration) => {
        const { accountId } = await getAccount(tx, username);
        const ended = await disableAccount(tx, configuration, accountId, origin);
        return `${username} is disabled; ended ${ended.sessions} sessions and ${ended.families} families.`;
      });
    });
  user
    .command('enable <username>')
    .description('enable the account again; nothing that ended is revived')
    .action(async (username: string) => {
      await inTransaction(async (tx) => {
        await enableAccount(tx, (await getAccount(tx, username)).accountId, origin);
        return `${username} is enabled.`;
      });
    });
  user
    .command('delete <username>')
    .description('end all access, forget the person, and erase them from the audit trail')
    .action(async (username: string) => {
      await inTransaction(async (tx, configuration) => {
        const { accountId } = await getAccount(tx, username);
        const { sessions, families, events } = await deleteAccount(tx, configuration, accountId, origin);
        const ended = `ended ${sessions} sessions and ${families} families`;
        return `${username} is deleted; ${ended}; erased from ${events} events of the trail.`;
      });
    });
  user
    .command('reset-mfa <username>')
    .description('remove authenticators and recovery codes, and end all sessions and refresh tokens')
    .action(async (username: string) => {
      await inTransaction(async (tx, configuration) => {
        const { accountId } = await getAccount(tx, username);
        const removed = await removeSecondFactors(tx, configuration, { accountId }, origin);
        return `${username} has no second factor any more; removed ${removed}.`;
      });
    });
}

/** Run a change in one transaction and print what it says. */
async function inTransaction(
  work: (tx: Queryable, configuration: LoadedConfiguration) => Promise<string>,
): Promise<void> {
  await withDatabase(readEnvironment(process.env, 'tool'), async (database) => {
    const message = await database.transaction(async (tx) => await work(tx, await loadConfiguration(tx)));
    process.stdout.write(`${message}\n`);
  });
}

async function getAccount(tx: Queryable, username: string): Promise<StoredAccount> {
  const found = await findAccountByUsername(tx, username);
  if (!found) throw new Problem('account_unknown', `There is no account named ${username}.`);
  return found.account;
}
