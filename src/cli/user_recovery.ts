import type { Command } from 'commander';
import { describeDuration } from '../domain/durations.ts';
import { passwordLinkUrl } from '../domain/password_links.ts';
import { recoverAdministrator } from '../operations/recover_administrator.ts';
import type { RecoveredAdministrator } from '../operations/recover_administrator.ts';
import { changeAccount, getAccount } from './account_change.ts';
import { findIssuer } from './find_issuer.ts';
import { readValidity } from './read_validity.ts';

/** Whoever has the machine's shell and the database, and no account that could be named. */
const shell = { actor: 'shell' };

interface RecoveryOptions {
  role?: string;
  /** Seconds. */
  validFor?: number;
  json?: true;
}

export function addUserRecoveryCommand(user: Command): void {
  user
    .command('recover-admin <username>')
    .description(
      'let an administrator in again who is locked out: a one-time link in place of password and second factors',
    )
    .option('--role <role>', 'the role that makes an administrator, where several do')
    .option('--valid-for <duration>', 'how long the link is good for, at most 7d: 90s, 15m, 8h', readValidity)
    .option('--json', 'as one JSON document')
    .action(async (username: string, { role, validFor, json }: RecoveryOptions) => {
      const { accountId, url, recovered } = await changeAccount(async (tx, configuration, environment) => {
        const issuer = findIssuer(environment);
        const account = await getAccount(tx, username);
        const wanted = { role, seconds: validFor };
        const done = await recoverAdministrator(tx, configuration, account, wanted, shell);
        return { accountId: account.accountId, url: passwordLinkUrl(issuer, done.link), recovered: done };
      });
      const { link, ...changed } = recovered;
      if (json) {
        const document = { accountId, username, link: url, seconds: link.seconds, ...changed };
        process.stdout.write(`${JSON.stringify(document)}\n`);
        return;
      }
      for (const line of describe(username, recovered)) process.stderr.write(`${line}\n`);
      process.stdout.write(`${url}\n`);
    });
}

function describe(username: string, recovered: RecoveredAdministrator): string[] {
  const { role, roleAdded, wasDisabled, failures, factors, link } = recovered;
  return [
    ...(wasDisabled ? [`${username} was disabled, and is enabled again.`] : []),
    ...(roleAdded ? [`${username} has the role ${role} now.`] : []),
    ...(failures > 0 ? [`Forgotten are ${failures} wrong passwords.`] : []),
    `Password, recovery codes and ${factors} second factors are gone; what was open has ended.`,
    `The link works once, for ${describeDuration(link.seconds)}; whoever has it becomes ${username}:`,
  ];
}
