import type { Command } from 'commander';
import type { Environment } from '../config/environment.ts';
import { describeDuration } from '../domain/durations.ts';
import { passwordLinkUrl } from '../domain/password_links.ts';
import type { PasswordLinkPurpose } from '../domain/password_links.ts';
import { Problem } from '../domain/problems.ts';
import { describePasswordFault } from '../http/describe_password_fault.ts';
import { addAccount } from '../operations/add_account.ts';
import { issuePasswordLink } from '../operations/issue_password_link.ts';
import { queueLinkMail } from '../operations/request_password_link.ts';
import { setPasswordByOperator } from '../operations/set_password.ts';
import { findPasswordHash } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import type { StoredAccount } from '../store/facts_sql.ts';
import { changeAccount, getAccount, operator } from './account_change.ts';
import { findIssuer } from './find_issuer.ts';
import { readSecretLine } from './read_secret_line.ts';
import { readValidity } from './read_validity.ts';

interface LinkOptions {
  mail?: true;
  /** Seconds. */
  validFor?: number;
  json?: true;
}

/** What came of a link: it was made here, or the server will make it and mail it. */
type Handover = { link: string; seconds: number } | { mailedTo: string };

export function addUserPasswordCommands(user: Command): void {
  user
    .command('set-password <username>')
    .description('set a password, read from standard input, and end all sessions and refresh tokens')
    .option('--json', 'as one JSON document')
    .action(async (username: string, options: { json?: true }) => {
      const password = await readSecretLine();
      const accountId = await changeAccount(async (tx, configuration) => {
        const account = await getAccount(tx, username);
        const serviceName = configuration.branding.name ?? 'Curfew';
        const change = { account, password, serviceName };
        const verdict = await setPasswordByOperator(tx, configuration, change, operator);
        if (!verdict.set) {
          throw new Problem('password_unfit', describePasswordFault(verdict.reason, verdict.shortest));
        }
        return account.accountId;
      });
      print(
        options,
        { accountId, username },
        `${username} has a new password, and is signed out everywhere.`,
      );
    });
  linked(
    user
      .command('invite <username>')
      .description(
        'create an account without a password, and a one-time link with which its owner chooses one',
      )
      .option('--role <role...>', 'roles, by name')
      .option('--email <address>', 'e-mail address')
      .option('--name <name>', 'full name'),
  ).action(async (username: string, options: LinkOptions & NewAccountOptions, command: Command) => {
    assertOptions(options, command);
    const { role: roles = [], email, name } = options;
    const done = await changeAccount(async (tx, configuration, environment) => {
      await addAccount(tx, configuration, { username, roles, email, name }, operator);
      const account = await getAccount(tx, username);
      const handover = await handOver(tx, environment, account, { ...options, purpose: 'invitation' });
      return { account, handover };
    });
    tell(options, done, `${username} is ${done.account.accountId}. `);
  });
  linked(
    user
      .command('password-link <username>')
      .description(
        'a one-time link with which the owner of an account sets a new password, and may set up a first second factor where a policy says enrolment: invited',
      ),
  ).action(async (username: string, options: LinkOptions, command: Command) => {
    assertOptions(options, command);
    const done = await changeAccount(async (tx, _, environment) => {
      const account = await getAccount(tx, username);
      const hasPassword = (await findPasswordHash(tx, account.accountId)) !== undefined;
      const purpose = hasPassword ? 'forgotten' : 'invitation';
      return { account, handover: await handOver(tx, environment, account, { ...options, purpose }) };
    });
    tell(options, done, '');
  });
}

interface NewAccountOptions {
  role?: string[];
  email?: string;
  name?: string;
}

function linked(command: Command): Command {
  return command
    .option('--mail', 'mail the link instead of printing it')
    .option('--valid-for <duration>', 'how long the link is good for, at most 7d: 90s, 15m, 8h', readValidity)
    .option('--json', 'as one JSON document');
}

function assertOptions({ mail, validFor }: LinkOptions, command: Command): void {
  if (mail && validFor !== undefined)
    command.error('error: a mailed link has its own time: leave out --valid-for');
}

/** The link, or a mail for which the server makes it. */
async function handOver(
  tx: Queryable,
  environment: Environment,
  account: StoredAccount,
  { mail, validFor, purpose }: LinkOptions & { purpose: PasswordLinkPurpose },
): Promise<Handover> {
  const { accountId, username, email, disabled } = account;
  if (disabled) throw new Problem('account_disabled', `${username} is disabled: enable the account first.`);
  if (!mail) {
    const issuer = findIssuer(environment);
    const link = await issuePasswordLink(
      tx,
      { accountId, purpose, seconds: validFor, byOperator: true },
      operator,
    );
    if (!link) throw new Problem('account_disabled', `${username} was disabled meanwhile.`);
    return { link: passwordLinkUrl(issuer, link), seconds: link.seconds };
  }
  if (environment.smtpUrl === undefined)
    throw new Problem('mail_missing', 'CURFEW_SMTP_URL is missing: without a mail server nothing is mailed.');
  if (email === undefined) throw new Problem('email_missing', `${username} has no e-mail address.`);
  await queueLinkMail(tx, { accountId, purpose }, operator);
  return { mailedTo: email };
}

function tell(
  options: { json?: true },
  { account: { accountId, username }, handover }: { account: StoredAccount; handover: Handover },
  before: string,
): void {
  if ('mailedTo' in handover) {
    const text = `${before}A mail with a link to ${handover.mailedTo} is queued.`;
    return print(options, { accountId, username, ...handover }, text);
  }
  const { link, seconds } = handover;
  const good = `The link works once, for ${describeDuration(seconds)}; whoever has it sets the password.`;
  if (!options.json) process.stderr.write(`${before}${good}\n`);
  print(options, { accountId, username, link, seconds }, link);
}

function print(options: { json?: true }, document: object, text: string): void {
  process.stdout.write(options.json ? `${JSON.stringify(document)}\n` : `${text}\n`);
}
