import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { findTotpStep } from '../credentials/totp.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Database } from '../store/database.ts';
import { countAttempt, findTotpFactor, takeTimeStep } from '../store/second_factors.ts';
import { totpSecretContext } from './enrol_totp.ts';

/** `used`: a right code whose time step was accepted before. */
export type FactorVerdict =
  | { accepted: true; mfaAt: Instant }
  | { accepted: false; reason: 'wrong' | 'used' }
  | { accepted: false; reason: 'blocked'; until: Instant };

/**
 * Check a code of the account's authenticator. The attempt is counted before the code is looked at;
 * each time step is accepted once, and only later ones after it, over any number of instances.
 */
export async function verifyTotp(
  database: Database,
  secrets: SecretsAtRest,
  { accountId, code }: { accountId: string; code: string },
  origin: Origin,
): Promise<FactorVerdict> {
  const attempt = await countAttempt(database, accountId);
  if (!attempt.allowed) {
    await recordEvent(database, 'mfa.failed', { accountId }, origin, { method: 'otp', reason: 'blocked' });
    return { accepted: false, reason: 'blocked', until: attempt.blockedUntil };
  }
  const factor = await findTotpFactor(database, accountId);
  const secret =
    factor && secrets.open(factor.secretSealed, totpSecretContext(factor.factorId)).toString('utf8');
  const step = secret === undefined ? undefined : await findTotpStep(secret, code, attempt.now);
  return await database.transaction(async (tx) => {
    const accepted = step !== undefined && (await takeTimeStep(tx, accountId, step));
    if (accepted) {
      await recordEvent(tx, 'mfa.passed', { accountId }, origin, { method: 'otp' });
      return { accepted, mfaAt: attempt.now };
    }
    const reason = step === undefined ? 'wrong' : 'used';
    await recordEvent(tx, 'mfa.failed', { accountId }, origin, { method: 'otp', reason });
    return { accepted, reason };
  });
}
