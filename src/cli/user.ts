import type { Command } from 'commander';
import { addAccount } from '../operations/add_account.ts';
import { deleteAccount } from '../operations/delete_account.ts';
import { disableAccount, enableAccount } from '../operations/disable_account.ts';
import { keepAdministrator } from '../operations/keep_administrator.ts';
import { removeSecondFactors } from '../operations/remove_second_factors.ts';
import { setRoles } from '../operations/set_roles.ts';
import { unlockAccount } from '../operations/unlock_account.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Queryable } from '../store/database.ts';
import { changeAccount, getAccount, operator } from './account_change.ts';
import { readSecretLine } from './read_secret_line.ts';
import { addUserListings } from './user_listings.ts';
import { addUserPasswordCommands } from './user_passwords.ts';
import { addUserRecoveryCommand } from './user_recovery.ts';

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('accounts');
  addUserListings(user);
  addUserPasswordCommands(user);
  addUserRecoveryCommand(user);
  user
    .command('add <username>')
    .description('create an account; its password is read from standard input')
    .option('--role <role...>', 'roles, by name')
    .option('--email <address>', 'e-mail address')
    .option('--name <name>', 'full name')
    .action(async (username: string, options: { role?: string[]; email?: string; name?: string }) => {
      const password = await readSecretLine();
      await changeAndTell(async (tx, configuration) => {
        const { role: roles = [], email, name } = options;
        const accountId = await addAccount(
          tx,
          configuration,
          { username, roles, email, name, password },
          operator,
        );
        return `${username} is ${accountId}.`;
      });
    });
  user
    .command('set-roles <username> [roles...]')
    .description('replace the roles; what is already over under the old ones ends first')
    .action(async (username: string, roles: string[]) => {
      await changeAndTell(async (tx, configuration) => {
        const account = await getAccount(tx, username);
        await keepAdministrator(tx, configuration, () =>
          setRoles(tx, configuration, account, roles, operator),
        );
        return `${username} has ${roles.length === 0 ? 'no roles' : roles.join(', ')}.`;
      });
    });
  user
    .command('disable <username>')
    .description('disable the account and end all its sessions and refresh tokens')
    .action(async (username: string) => {
      await changeAndTell(async (tx, configuration) => {
        const { accountId } = await getAccount(tx, username);
        const ended = await keepAdministrator(tx, configuration, () =>
          disableAccount(tx, configuration, accountId, operator),
        );
        return `${username} is disabled; ended ${ended.sessions} sessions and ${ended.families} families.`;
      });
    });
  user
    .command('enable <username>')
    .description('enable the account again; nothing that ended is revived')
    .action(async (username: string) => {
      await changeAndTell(async (tx) => {
        await enableAccount(tx, (await getAccount(tx, username)).accountId, operator);
        return `${username} is enabled.`;
      });
    });
  user
    .command('unlock <username>')
    .description('forget wrong passwords: who has to wait may try again')
    .option('--json', 'as one JSON document')
    .action(async (username: string, options: { json?: true }) => {
      await changeAndTell(async (tx) => {
        const account = await getAccount(tx, username);
        const failures = await unlockAccount(tx, account, operator);
        if (options.json) return JSON.stringify({ accountId: account.accountId, username, failures });
        return `${username} may be tried again; forgotten are ${failures} wrong passwords.`;
      });
    });
  user
    .command('delete <username>')
    .description('end all access, forget the person, and erase them from the audit trail')
    .action(async (username: string) => {
      await changeAndTell(async (tx, configuration) => {
        const { accountId } = await getAccount(tx, username);
        const { sessions, families, events } = await keepAdministrator(tx, configuration, () =>
          deleteAccount(tx, configuration, accountId, operator),
        );
        const ended = `ended ${sessions} sessions and ${families} families`;
        return `${username} is deleted; ${ended}; erased from ${events} events of the trail.`;
      });
    });
  user
    .command('reset-mfa <username>')
    .description(
      'remove authenticators, passkeys and recovery codes, and end all sessions and refresh tokens',
    )
    .action(async (username: string) => {
      await changeAndTell(async (tx, configuration) => {
        const { accountId } = await getAccount(tx, username);
        const removed = await removeSecondFactors(tx, configuration, { accountId }, operator);
        const what = `${removed} ${removed === 1 ? 'authenticator app or passkey' : 'authenticator apps and passkeys'}`;
        return `${username} has no second factor any more; removed ${what}, and the recovery codes.`;
      });
    });
}

/** Run a change and print what it says. */
async function changeAndTell(
  work: (tx: Queryable, configuration: LoadedConfiguration) => Promise<string>,
): Promise<void> {
  process.stdout.write(`${await changeAccount(work)}\n`);
}
