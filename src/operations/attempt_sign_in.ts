import { generateSecret, hashToken } from '../credentials/token_hash.ts';
import type { Origin } from '../domain/origin.ts';
import { defaultRateLimits } from '../domain/rate_limits.ts';
import type { RateLimits } from '../domain/rate_limits.ts';
import type { Database } from '../store/database.ts';
import { findKnownDevice, rememberDevice } from '../store/known_devices.ts';
import { clearSignInFailures } from '../store/sign_in_failures.ts';
import { signIn } from './sign_in.ts';
import type { SignInVerdict } from './sign_in.ts';
import { guesserHash, takeAllowance } from './take_allowance.ts';
import type { Guesser } from './take_allowance.ts';

/** By what an account will know a browser: a cookie, and its seconds. */
export interface DeviceToken {
  token: string;
  seconds: number;
}

export type SignInAttempt =
  | (Extract<SignInVerdict, { accepted: true }> & { device: DeviceToken })
  | { accepted: false; waitSeconds?: number };

/**
 * Check a username and password unless too many were wrong. A browser that signed in to the account before
 * has an allowance of its own: whoever uses up everybody else's does not lock the owner out of it. A right
 * password forgets the wrong ones of the same allowance, and makes the browser a known one.
 */
export async function attemptSignIn(
  database: Database,
  limits: Partial<RateLimits>,
  attempt: { username: string; password: string; deviceToken?: string | undefined },
  origin: Origin & { clientId?: string },
): Promise<SignInAttempt> {
  const { username, password, deviceToken } = attempt;
  const oldHash = deviceToken === undefined ? undefined : hashToken(deviceToken);
  const known = oldHash && (await findKnownDevice(database, oldHash, username));
  const guesser: Guesser = known ?? { username };
  const waitSeconds = await takeAllowance(database, limits, guesser, origin);
  if (waitSeconds > 0) return { accepted: false, waitSeconds };
  const verdict = await signIn(database, { username, password }, origin);
  if (!verdict.accepted) return verdict;
  await clearSignInFailures(database, guesserHash(guesser));
  return { ...verdict, device: await renewDevice(database, limits, { ...verdict, deviceToken }) };
}

/** Let an account know the browser that has proved its password, under a new token. */
export async function renewDevice(
  database: Database,
  limits: Partial<RateLimits>,
  { accountId, deviceToken }: { accountId: string; deviceToken: string | undefined },
): Promise<DeviceToken> {
  const { most, seconds } = limits.known_devices ?? defaultRateLimits.known_devices;
  const token = generateSecret();
  const oldHash = deviceToken === undefined ? undefined : hashToken(deviceToken);
  const device = { accountId, oldHash, newHash: hashToken(token), seconds, most };
  await database.transaction((tx) => rememberDevice(tx, device));
  return { token, seconds };
}
