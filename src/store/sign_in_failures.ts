import type { Instant } from '../domain/instants.ts';
import type { LockOut } from '../domain/rate_limits.ts';
import type { Queryable } from './database.ts';

/** Whose wrong passwords are counted; `accountId` only where nobody else can be meant. */
export interface FailureSubject {
  subjectHash: Buffer;
  accountId?: string | undefined;
}

export interface SignInBlock {
  secondsLeft: number;
  /** Whether the trail has that it refused something. */
  recorded: boolean;
}

/** undefined: the next password is looked at. */
export async function findSignInBlock(db: Queryable, subjectHash: Buffer): Promise<SignInBlock | undefined> {
  const [row] = await db.query<SignInBlock>(
    {
      name: 'sign_in_block',
      text: `select extract(epoch from blocked_until - curfew_now())::float8 as "secondsLeft", refusal_recorded as recorded
             from sign_in_failures where subject_hash = $1 and blocked_until > curfew_now()`,
    },
    [subjectHash],
  );
  return row;
}

const failures = `case when f.expires_at <= curfew_now() then 1 else f.failures + 1 end`;
/** From the failure number $3 on each one blocks: $4 seconds, doubled each time up to $5. */
const blockSeconds = (count: string) =>
  `case when ${count} >= $3 then least($4 * power(2, least(${count} - $3, 40)), $5) end`;

/**
 * Count a password that is about to be looked at. false: it must not be, for others were counted meanwhile
 * and the next one has to wait. Failures are forgotten when none came for `longest` after a block.
 */
export async function countSignInFailure(
  db: Queryable,
  { subjectHash, accountId }: FailureSubject,
  { most, seconds, longest }: LockOut & { longest: number },
): Promise<boolean> {
  const rows = await db.query(
    {
      name: 'sign_in_failure_count',
      text: `insert into sign_in_failures as f
               (subject_hash, account_id, failures, last_failed_at, blocked_until, expires_at)
             values ($1, $2, 1, curfew_now(), curfew_now() + make_interval(secs => ${blockSeconds('1')}),
                     curfew_now() + make_interval(secs => $4 + $5))
             on conflict (subject_hash) do update set
               failures = ${failures}, last_failed_at = excluded.last_failed_at, refusal_recorded = false,
               blocked_until = curfew_now() + make_interval(secs => ${blockSeconds(`(${failures})`)}),
               expires_at = curfew_now() + make_interval(secs => coalesce(${blockSeconds(`(${failures})`)}, $4) + $5)
             where f.blocked_until is null or f.blocked_until <= curfew_now()
             returning 1`,
    },
    [subjectHash, accountId ?? null, most, seconds, Math.max(longest, seconds)],
  );
  return rows.length > 0;
}

/** true for the first who asks in a block: what it refuses is to be recorded once. */
export async function markRefusal(db: Queryable, subjectHash: Buffer): Promise<boolean> {
  const rows = await db.query(
    {
      name: 'sign_in_refusal_mark',
      text: `update sign_in_failures set refusal_recorded = true
             where subject_hash = $1 and not refusal_recorded returning 1`,
    },
    [subjectHash],
  );
  return rows.length > 0;
}

/** A right password forgets the wrong ones before it. */
export async function clearSignInFailures(db: Queryable, subjectHash: Buffer): Promise<void> {
  await db.query(
    { name: 'sign_in_failures_clear', text: 'delete from sign_in_failures where subject_hash = $1' },
    [subjectHash],
  );
}

/** Forget the wrong passwords for an account: by its username, and of its browsers and sessions. Returns how many. */
export async function clearAllSignInFailures(
  tx: Queryable,
  { accountId, subjectHash }: { accountId: string; subjectHash: Buffer },
): Promise<number> {
  const rows = await tx.query<{ failures: number }>(
    {
      name: 'sign_in_failures_clear_all',
      text: `delete from sign_in_failures where subject_hash = $1 or account_id = $2
             returning case when expires_at > curfew_now() then failures else 0 end as failures`,
    },
    [subjectHash, accountId],
  );
  return rows.reduce((sum, row) => sum + row.failures, 0);
}

export interface SignInFailures {
  /** In a row. */
  failures: number;
  lastFailedAt: Instant;
  /** null: the next password is looked at. */
  blockedUntil: Instant | null;
}

export async function findSignInFailures(
  db: Queryable,
  subjectHash: Buffer,
): Promise<SignInFailures | undefined> {
  const [row] = await db.query<SignInFailures>(
    {
      name: 'sign_in_failures_find',
      text: `select failures, to_micros(last_failed_at) as "lastFailedAt",
               case when blocked_until > curfew_now() then to_micros(blocked_until) end as "blockedUntil"
             from sign_in_failures where subject_hash = $1 and expires_at > curfew_now()`,
    },
    [subjectHash],
  );
  return row;
}
