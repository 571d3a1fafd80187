import type { Configuration } from '../../domain/configuration.ts';
import type { Origin } from '../../domain/origin.ts';
import { disableAccount, enableAccount } from '../../operations/disable_account.ts';
import { endAccountAccess } from '../../operations/end_account_access.ts';
import { keepAdministrator } from '../../operations/keep_administrator.ts';
import { removeSecondFactors } from '../../operations/remove_second_factors.ts';
import { unlockAccount } from '../../operations/unlock_account.ts';
import type { Queryable } from '../../store/database.ts';
import type { StoredAccount } from '../../store/facts_sql.ts';
import { accountPath } from './describe_events.ts';

/** A change to an account that takes nothing but a yes. */
export interface AccountChange {
  heading: string;
  lead: string;
  button: string;
  /** What it has done. */
  done: string;
  apply(
    tx: Queryable,
    configuration: Configuration,
    account: StoredAccount,
    origin: Origin,
  ): Promise<unknown>;
}

/** By the last part of their address. */
export const accountChanges = {
  disable: {
    heading: 'Disable the account',
    lead: 'Nobody can sign in to it. Everything that is signed in ends at once, and apps are told.',
    button: 'Disable it',
    done: 'The account is disabled, and all its access has ended.',
    apply: (tx, configuration, { accountId }, origin) =>
      keepAdministrator(tx, configuration, () => disableAccount(tx, configuration, accountId, origin)),
  },
  enable: {
    heading: 'Enable the account',
    lead: 'Its person can sign in again. Nothing that ended is revived.',
    button: 'Enable it',
    done: 'The account is enabled.',
    apply: (tx, _, { accountId }, origin) => enableAccount(tx, accountId, origin),
  },
  'end-access': {
    heading: 'End all access',
    lead: 'Every session ends, and the access of every app. Its person can sign in again.',
    button: 'End all access',
    done: 'All its access has ended.',
    apply: (tx, configuration, { accountId }, origin) =>
      endAccountAccess(tx, configuration, accountId, 'ended_by_operator', origin),
  },
  'reset-mfa': {
    heading: 'Remove all second factors',
    lead: 'Authenticators, passkeys and recovery codes are removed, and every session ends. Make sure who asks for it: until a new factor is set up, the password alone lets in.',
    button: 'Remove them',
    done: 'All second factors are removed.',
    apply: (tx, configuration, { accountId }, origin) =>
      removeSecondFactors(tx, configuration, { accountId }, origin),
  },
  unlock: {
    heading: 'Forget the wrong passwords',
    lead: 'Who has to wait may try again. So may whoever is guessing.',
    button: 'Forget them',
    done: 'The wrong passwords are forgotten.',
    apply: (tx, _, account, origin) => unlockAccount(tx, account, origin),
  },
} as const satisfies Record<string, AccountChange>;

export type AccountChangeName = keyof typeof accountChanges;

/** What can be done to an account as it is. */
export function listAccountChanges(
  { accountId, disabled }: StoredAccount,
  isGuessed: boolean,
): { url: string; label: string }[] {
  const names: [part: string, label: string][] = [
    ['roles', 'Change its roles'],
    ...(disabled ? [] : ([['password-link', 'Make a link for a password']] as [string, string][])),
    ['end-access', accountChanges['end-access'].heading],
    ['reset-mfa', accountChanges['reset-mfa'].heading],
    ...(isGuessed ? ([['unlock', accountChanges.unlock.heading]] as [string, string][]) : []),
    disabled ? ['enable', accountChanges.enable.heading] : ['disable', accountChanges.disable.heading],
  ];
  return names.map(([part, label]) => ({ url: `${accountPath(accountId)}/${part}`, label }));
}
