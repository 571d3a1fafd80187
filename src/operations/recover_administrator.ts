import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { PasswordLink } from '../domain/password_links.ts';
import { Problem } from '../domain/problems.ts';
import { recordEvent } from '../events/record_event.ts';
import { listRolesOf } from '../policy/operator_rights.ts';
import { clearPassword } from '../store/accounts.ts';
import type { Queryable } from '../store/database.ts';
import type { StoredAccount } from '../store/facts_sql.ts';
import { enableAccount } from './disable_account.ts';
import { issuePasswordLink } from './issue_password_link.ts';
import { queueMail } from './queue_mail.ts';
import { removeSecondFactors } from './remove_second_factors.ts';
import { setRoles } from './set_roles.ts';
import { unlockAccount } from './unlock_account.ts';

export interface RecoveredAdministrator {
  link: PasswordLink;
  /** The role that makes an administrator; the account had it already where `roleAdded` is false. */
  role: string;
  roleAdded: boolean;
  wasDisabled: boolean;
  /** Wrong passwords that were forgotten. */
  failures: number;
  /** Authenticators and passkeys that were removed. */
  factors: number;
}

/**
 * Give an administrator who is locked out a way back in, whatever is lost: the account is enabled and waits for
 * nothing, has a role of `curfew:write`, and neither password nor second factor, so that only the one-time link
 * opens it. Everything it had open ends. `seconds` undefined: as long as links for a forgotten password are good.
 * Throws Problem `role_unknown` where `role`, or without it the configuration, names no such role or several.
 */
export async function recoverAdministrator(
  tx: Queryable,
  configuration: Configuration,
  account: StoredAccount,
  { role: wanted, seconds }: { role?: string | undefined; seconds?: number | undefined },
  origin: Origin,
): Promise<RecoveredAdministrator> {
  const { accountId } = account;
  const role = chooseRole(configuration, account.roles, wanted);
  const roleAdded = !account.roles.includes(role);
  if (roleAdded) await setRoles(tx, configuration, account, [...account.roles, role], origin);
  const factors = await removeSecondFactors(tx, configuration, { accountId }, origin);
  await clearPassword(tx, accountId);
  await enableAccount(tx, accountId, origin);
  const failures = await unlockAccount(tx, account, origin);
  const link = await issuePasswordLink(
    tx,
    { accountId, purpose: 'forgotten', seconds, byOperator: true },
    origin,
  );
  if (!link) throw new Problem('account_unknown', `${account.username} was deleted meanwhile.`);
  const detail = { role, role_added: roleAdded, was_disabled: account.disabled, failures, factors };
  await recordEvent(tx, 'account.recovered', { accountId }, origin, detail);
  await queueMail(tx, 'account_recovered', accountId, origin);
  return { link, role, roleAdded, wasDisabled: account.disabled, failures, factors };
}

/** One that the account has, before one that it would be given. */
function chooseRole(
  configuration: Configuration,
  held: readonly string[],
  wanted: string | undefined,
): string {
  const roles = listRolesOf(configuration, 'curfew:write');
  const named = roles.join(', ');
  if (roles.length === 0)
    throw new Problem(
      'role_unknown',
      'No role may change anything: name one under scopes, curfew:write, roles, and run curfew apply first.',
    );
  if (wanted !== undefined && !roles.includes(wanted))
    throw new Problem('role_unknown', `The role ${wanted} makes no administrator; these do: ${named}.`);
  const [only, ...others] = roles;
  const chosen =
    wanted ?? roles.find((role) => held.includes(role)) ?? (others.length === 0 ? only : undefined);
  if (chosen === undefined)
    throw new Problem(
      'role_unknown',
      `Several roles make an administrator: say --role with one of ${named}.`,
    );
  return chosen;
}
