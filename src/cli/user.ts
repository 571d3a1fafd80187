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

interface NewAccountOptions {
  role?: string[];
  email?: string;
  name?: string;
  json?: true;
}

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('accounts');
  addUserListings(user);
  addUserPasswordCommands(user);
  addUserRecoveryCommand(user);
  user
    .command('add <username>')
    .description(
      'create an account; its password is read from standard input, or with --url chosen by its owner, by a link',
    )
    .option('--role <role...>', 'roles, by name')
    .option('--email <address>', 'e-mail address')
    .option('--name <name>', 'full name')
    .option('--json', 'as one JSON document')
    .action(async (username: string, options: NewAccountOptions) => {
      const password = await readSecretLine();
      await changeAndTell(options, async (tx, configuration) => {
        const { role: roles = [], email, name } = options;
        const accountId = await addAccount(
          tx,
          configuration,
          { username, roles, email, name, password },
          operator,
        );
        return { document: { accountId, username, roles }, text: `${username} is ${accountId}.` };
      });
    });
  user
    .command('set-roles <username> [roles...]')
    .description('replace the roles; what is already over under the old ones ends first')
    .option('--json', 'as one JSON document')
    .action(async (username: string, roles: string[], options: { json?: true }) => {
      await changeAndTell(options, async (tx, configuration) => {
        const account = await getAccount(tx, username);
        await keepAdministrator(tx, configuration, () =>
          setRoles(tx, configuration, account, roles, operator),
        );
        const text = `${username} has ${roles.length === 0 ? 'no roles' : roles.join(', ')}.`;
        return { document: { accountId: account.accountId, username, roles }, text };
      });
    });
  user
    .command('disable <username>')
    .description('disable the account and end all its sessions and refresh tokens')
    .option('--json', 'as one JSON document')
    .action(async (username: string, options: { json?: true }) => {
      await changeAndTell(options, async (tx, configuration) => {
        const { accountId } = await getAccount(tx, username);
        const ended = await keepAdministrator(tx, configuration, () =>
          disableAccount(tx, configuration, accountId, operator),
        );
        const { sessions, families } = ended;
        const text = `${username} is disabled; ended ${sessions} sessions and ${families} families.`;
        return { document: { accountId, username, sessions, families }, text };
      });
    });
  user
    .command('enable <username>')
    .description('enable the account again; nothing that ended is revived')
    .option('--json', 'as one JSON document')
    .action(async (username: string, options: { json?: true }) => {
      await changeAndTell(options, async (tx) => {
        const { accountId } = await getAccount(tx, username);
        await enableAccount(tx, accountId, operator);
        return { document: { accountId, username }, text: `${username} is enabled.` };
      });
    });
  user
    .command('unlock <username>')
    .description('forget wrong passwords: who has to wait may try again')
    .option('--json', 'as one JSON document')
    .action(async (username: string, options: { json?: true }) => {
      await changeAndTell(options, async (tx) => {
        const account = await getAccount(tx, username);
        const failures = await unlockAccount(tx, account, operator);
        const text = `${username} may be tried again; forgotten are ${failures} wrong passwords.`;
        return { document: { accountId: account.accountId, username, failures }, text };
      });
    });
  user
    .command('delete <username>')
    .description('end all access, forget the person, and erase them from the audit trail')
    .option('--json', 'as one JSON document')
    .action(async (username: string, options: { json?: true }) => {
      await changeAndTell(options, async (tx, configuration) => {
        const { accountId } = await getAccount(tx, username);
        const { sessions, families, events } = await keepAdministrator(tx, configuration, () =>
          deleteAccount(tx, configuration, accountId, operator),
        );
        const ended = `ended ${sessions} sessions and ${families} families`;
        const text = `${username} is deleted; ${ended}; erased from ${events} events of the trail.`;
        return { document: { accountId, username, sessions, families, events }, text };
      });
    });
  user
    .command('reset-mfa <username>')
    .description(
      'remove authenticators, passkeys and recovery codes, and end all sessions and refresh tokens',
    )
    .option('--json', 'as one JSON document')
    .action(async (username: string, options: { json?: true }) => {
      await changeAndTell(options, async (tx, configuration) => {
        const { accountId } = await getAccount(tx, username);
        const removed = await removeSecondFactors(tx, configuration, { accountId }, operator);
        const what = `${removed} ${removed === 1 ? 'authenticator app or passkey' : 'authenticator apps and passkeys'}`;
        const text = `${username} has no second factor any more; removed ${what}, and the recovery codes.`;
        return { document: { accountId, username, removed }, text };
      });
    });
}

/** Run a change and print what it says. */
async function changeAndTell(
  { json }: { json?: true },
  work: (
    tx: Queryable,
    configuration: LoadedConfiguration,
  ) => Promise<{ document: Record<string, unknown>; text: string }>,
): Promise<void> {
  const { document, text } = await changeAccount(work);
  process.stdout.write(`${json ? JSON.stringify(document) : text}\n`);
}
