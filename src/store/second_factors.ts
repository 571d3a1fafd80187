import type { Instant } from '../domain/instants.ts';
import type { Queryable } from './database.ts';

export interface TotpFactor {
  factorId: string;
  name: string;
  secretSealed: string;
}

export interface ConfirmedTotpFactor extends TotpFactor {
  confirmedAt: Instant;
  /** Too many codes in a row were wrong: none is taken any more. */
  disabled: boolean;
}

/** The confirmed authenticators of an account, the oldest first; disabled ones too. */
export async function listTotpFactors(db: Queryable, accountId: string): Promise<ConfirmedTotpFactor[]> {
  return await db.query<ConfirmedTotpFactor>(
    {
      name: 'totp_confirmed_all',
      text: `select factor_id as "factorId", name, secret_sealed as "secretSealed",
               to_micros(confirmed_at) as "confirmedAt", disabled_at is not null as disabled
             from totp_factors where account_id = $1 and confirmed_at is not null
             order by confirmed_at, factor_id`,
    },
    [accountId],
  );
}

/** The authenticator that this session is setting up, for as long as that may take (an hour). */
export async function findPendingTotpFactor(
  db: Queryable,
  { accountId, sessionId }: { accountId: string; sessionId: string },
): Promise<TotpFactor | undefined> {
  const [row] = await db.query<TotpFactor>(
    {
      name: 'totp_pending',
      text: `select factor_id as "factorId", name, secret_sealed as "secretSealed" from totp_factors
             where account_id = $1 and session_id = $2 and confirmed_at is null
               and created_at > curfew_now() - interval '1 hour'
             order by created_at desc limit 1`,
    },
    [accountId, sessionId],
  );
  return row;
}

export async function insertPendingTotpFactor(
  tx: Queryable,
  factor: TotpFactor & { accountId: string; sessionId: string },
): Promise<void> {
  await tx.query(
    {
      name: 'totp_pending_clear',
      text: 'delete from totp_factors where account_id = $1 and session_id = $2 and confirmed_at is null',
    },
    [factor.accountId, factor.sessionId],
  );
  await tx.query(
    {
      name: 'totp_insert',
      text: `insert into totp_factors (factor_id, account_id, name, secret_sealed, session_id)
             values ($1, $2, $3, $4, $5)`,
    },
    [factor.factorId, factor.accountId, factor.name, factor.secretSealed, factor.sessionId],
  );
}

/** false when it was confirmed before, or is gone. */
export async function confirmTotpFactor(tx: Queryable, factorId: string, name: string): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'totp_confirm',
      text: `update totp_factors set confirmed_at = curfew_now(), name = $2
             where factor_id = $1 and confirmed_at is null returning factor_id`,
    },
    [factorId, name],
  );
  return rows.length > 0;
}

/** false when the account has no such authenticator. */
export async function renameTotpFactor(
  tx: Queryable,
  { accountId, factorId, name }: { accountId: string; factorId: string; name: string },
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'totp_rename',
      text: `update totp_factors set name = $3
             where account_id = $1 and factor_id = $2 and confirmed_at is not null returning factor_id`,
    },
    [accountId, factorId, name],
  );
  return rows.length > 0;
}

/** false when the account has no such authenticator. */
export async function deleteTotpFactor(
  tx: Queryable,
  { accountId, factorId }: { accountId: string; factorId: string },
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'totp_delete_one',
      text: `delete from totp_factors
             where account_id = $1 and factor_id = $2 and confirmed_at is not null returning factor_id`,
    },
    [accountId, factorId],
  );
  return rows.length > 0;
}

/** Take no code of the account's authenticators any more; returns how many that were. Attempts begin anew. */
export async function disableTotpFactors(tx: Queryable, accountId: string): Promise<number> {
  const rows = await tx.query(
    {
      name: 'totp_disable',
      text: `update totp_factors set disabled_at = curfew_now()
             where account_id = $1 and confirmed_at is not null and disabled_at is null returning factor_id`,
    },
    [accountId],
  );
  await clearFailures(tx, accountId);
  return rows.length;
}

/** How many of each kind of second factor an account has set up; disabled ones too. */
export interface FactorCounts {
  apps: number;
  passkeys: number;
}

export async function countFactors(db: Queryable, accountId: string): Promise<FactorCounts> {
  const [row] = await db.query<FactorCounts>(
    {
      name: 'factors_count',
      text: `select (select count(*)::int from totp_factors where account_id = $1 and confirmed_at is not null) as apps,
               (select count(*)::int from passkeys where account_id = $1) as passkeys`,
    },
    [accountId],
  );
  return row ?? { apps: 0, passkeys: 0 };
}

/** Whether there is something to ask for beside the password. */
export async function hasSecondFactor(db: Queryable, accountId: string): Promise<boolean> {
  const { apps, passkeys } = await countFactors(db, accountId);
  return apps + passkeys > 0;
}

/** Remove every authenticator, passkey and recovery code; returns how many of the first two went. */
export async function deleteSecondFactors(tx: Queryable, accountId: string): Promise<FactorCounts> {
  await tx.query(
    { name: 'recovery_codes_delete', text: 'delete from recovery_codes where account_id = $1' },
    [accountId],
  );
  const rows = await tx.query(
    { name: 'totp_delete', text: 'delete from totp_factors where account_id = $1 returning confirmed_at' },
    [accountId],
  );
  const passkeys = await tx.query(
    { name: 'passkeys_delete', text: 'delete from passkeys where account_id = $1 returning passkey_id' },
    [accountId],
  );
  await tx.query(
    {
      name: 'second_factor_state_clear',
      text: 'update second_factor_states set failures = 0, blocked_until = null where account_id = $1',
    },
    [accountId],
  );
  return { apps: rows.length, passkeys: passkeys.length };
}

export type Attempt =
  /** `failures` in a row, this attempt included. */
  { allowed: true; failures: number; now: Instant } | { allowed: false; blockedUntil: Instant };

/** Attempts without a success after which each further one must wait. */
export const attemptsBeforeBackOff = 5;

/** As many wrong codes in a row disable an authenticator (SP 800-63B-4 §3.2.2). */
export const mostFailures = 100;

/** More than one person's devices, and no more: each makes a guess more likely to be right. */
export const mostTotpFactors = 5;

/**
 * Count an attempt before its code is looked at, so that no number of simultaneous guesses gets past
 * the limit. From the fifth on each failure blocks the next for 30 s, doubled each time, up to an hour.
 */
export async function countAttempt(tx: Queryable, accountId: string): Promise<Attempt> {
  await tx.query(
    {
      name: 'second_factor_state_ensure',
      text: 'insert into second_factor_states (account_id) values ($1) on conflict do nothing',
    },
    [accountId],
  );
  const [row] = await tx.query<{ failures: number; now: number }>(
    {
      name: 'second_factor_attempt',
      text: `update second_factor_states set failures = failures + 1,
               blocked_until = case when failures + 1 >= ${attemptsBeforeBackOff} then
                 curfew_now() + least(interval '1 hour', interval '30 seconds' * 2 ^ least(failures + 1 - ${attemptsBeforeBackOff}, 10)) end
             where account_id = $1 and (blocked_until is null or blocked_until <= curfew_now())
             returning failures, to_micros(curfew_now()) as now`,
    },
    [accountId],
  );
  if (row) return { allowed: true, ...row };
  const [state] = await tx.query<{ blocked_until: number }>(
    {
      name: 'second_factor_blocked',
      text: 'select to_micros(blocked_until) as blocked_until from second_factor_states where account_id = $1',
    },
    [accountId],
  );
  return { allowed: false, blockedUntil: state?.blocked_until ?? 0 };
}

/** Take a time step, once: false when it, or a later one, was taken before. A success forgets the failures. */
export async function takeTimeStep(tx: Queryable, accountId: string, step: number): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'totp_take_step',
      text: `update second_factor_states set last_step = $2, failures = 0, blocked_until = null
             where account_id = $1 and (last_step is null or last_step < $2) returning account_id`,
    },
    [accountId, step],
  );
  return rows.length > 0;
}

export async function clearFailures(tx: Queryable, accountId: string): Promise<void> {
  await tx.query(
    {
      name: 'second_factor_success',
      text: 'update second_factor_states set failures = 0, blocked_until = null where account_id = $1',
    },
    [accountId],
  );
}

/** Replace the account's recovery codes by these hashes. */
export async function replaceRecoveryCodes(
  tx: Queryable,
  accountId: string,
  hashes: readonly Buffer[],
): Promise<void> {
  await tx.query({ name: 'recovery_codes_clear', text: 'delete from recovery_codes where account_id = $1' }, [
    accountId,
  ]);
  await tx.query(
    {
      name: 'recovery_codes_insert',
      text: 'insert into recovery_codes (account_id, code_hash) select $1, unnest($2::bytea[])',
    },
    [accountId, hashes],
  );
}

/** How many recovery codes of the account are unused. */
export async function countRecoveryCodes(db: Queryable, accountId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    {
      name: 'recovery_codes_count',
      text: 'select count(*)::int as count from recovery_codes where account_id = $1 and used_at is null',
    },
    [accountId],
  );
  return row?.count ?? 0;
}

/** Use a recovery code, once: false when it is unknown or was used. */
export async function takeRecoveryCode(tx: Queryable, accountId: string, hash: Buffer): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'recovery_code_take',
      text: `update recovery_codes set used_at = curfew_now()
             where account_id = $1 and code_hash = $2 and used_at is null returning account_id`,
    },
    [accountId, hash],
  );
  return rows.length > 0;
}
