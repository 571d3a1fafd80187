import { hashToken } from '../credentials/token_hash.ts';
import { foldName } from '../domain/fold_name.ts';
import type { Origin } from '../domain/origin.ts';
import { defaultRateLimits } from '../domain/rate_limits.ts';
import type { LockOutKind, RateLimits } from '../domain/rate_limits.ts';
import { recordEvent } from '../events/record_event.ts';
import { findAccountByUsername } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { countSignInFailure, findSignInBlock, markRefusal } from '../store/sign_in_failures.ts';

/** Who tries passwords: somebody unknown, a browser that the account knows, or who is signed in already. */
export type Guesser =
  | { username: string }
  | { deviceId: string; accountId: string }
  | { sessionId: string; accountId: string };

/** Under which its wrong passwords are counted. */
export function guesserHash(guesser: Guesser): Buffer {
  if ('username' in guesser) return hashToken(`sign_in_account:${foldName(guesser.username)}`);
  return hashToken(
    'deviceId' in guesser ? `sign_in_device:${guesser.deviceId}` : `sign_in_session:${guesser.sessionId}`,
  );
}

/**
 * Count a password before it is looked at, so that no number of simultaneous guesses gets past the limit.
 * Returns the seconds to wait where it must not be looked at, else 0. What is refused costs one look.
 */
export async function takeAllowance(
  database: Database,
  limits: Partial<RateLimits>,
  guesser: Guesser,
  origin: Origin,
): Promise<number> {
  const kind: LockOutKind = 'username' in guesser ? 'sign_in_account' : 'sign_in_device';
  const configured = limits[kind] ?? defaultRateLimits[kind];
  const limit = { ...configured, longest: configured.longest ?? defaultRateLimits[kind].longest };
  const subjectHash = guesserHash(guesser);
  const accountId = 'accountId' in guesser ? guesser.accountId : undefined;
  let block = await findSignInBlock(database, subjectHash);
  if (!block && (await countSignInFailure(database, { subjectHash, accountId }, limit))) return 0;
  block ??= await findSignInBlock(database, subjectHash);
  if (block && !block.recorded && (await markRefusal(database, subjectHash))) await record();
  return Math.max(1, block?.secondsLeft ?? 1);

  async function record(): Promise<void> {
    const { most, seconds, longest } = limit;
    const found = 'username' in guesser ? await findAccountByUsername(database, guesser.username) : undefined;
    const about = { accountId: accountId ?? found?.account.accountId };
    const detail = { kind, most, seconds, longest };
    await recordEvent(database, 'rate_limit.exceeded', about, { requestId: origin.requestId }, detail);
  }
}
