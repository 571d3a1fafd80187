import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { findTotpStep } from '../credentials/totp.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Database, Queryable } from '../store/database.ts';
import {
  countAttempt,
  disableTotpFactors,
  listTotpFactors,
  mostFailures,
  takeTimeStep,
} from '../store/second_factors.ts';
import type { ConfirmedTotpFactor } from '../store/second_factors.ts';
import { totpSecretContext } from './enrol_totp.ts';
import { queueMail } from './queue_mail.ts';
import { queueSecurityEvents } from './queue_security_events.ts';

/**
 * `used`: a right code whose time step was accepted before. `disabled`: too many codes in a row were wrong,
 * and no code is looked at any more.
 */
export type FactorVerdict =
  | { accepted: true; mfaAt: Instant }
  | { accepted: false; reason: 'wrong' | 'used' | 'disabled' }
  | { accepted: false; reason: 'blocked'; until: Instant };

/**
 * Check a code of any of the account's authenticators. The attempt is counted before the code is looked
 * at; each time step is accepted once, and only later ones after it, over any number of instances. The
 * hundredth wrong code in a row disables them all, for it was a guess at each.
 */
export async function verifyTotp(
  database: Database,
  secrets: SecretsAtRest,
  { accountId, code, pastSteps }: { accountId: string; code: string; pastSteps?: number | undefined },
  origin: Origin,
): Promise<FactorVerdict> {
  const factors = await listTotpFactors(database, accountId);
  const active = factors.filter(({ disabled }) => !disabled);
  if (factors.length > 0 && active.length === 0) return await refuse(database, 'disabled');
  const attempt = await countAttempt(database, accountId);
  if (!attempt.allowed) {
    await refuse(database, 'blocked');
    return { accepted: false, reason: 'blocked', until: attempt.blockedUntil };
  }
  const found = await findMatch(secrets, active, { code, pastSteps }, attempt.now);
  return await database.transaction(async (tx) => {
    const accepted = found !== undefined && (await takeTimeStep(tx, accountId, found.step));
    if (accepted) {
      await recordEvent(tx, 'mfa.passed', { accountId }, origin, {
        method: 'otp',
        factor_id: found.factorId,
      });
      return { accepted, mfaAt: attempt.now };
    }
    const verdict = await refuse(tx, found ? 'used' : 'wrong');
    if (attempt.failures < mostFailures || (await disableTotpFactors(tx, accountId)) === 0) return verdict;
    await recordEvent(tx, 'factor.disabled', { accountId }, origin, { failures: attempt.failures });
    await queueMail(tx, 'factors_disabled', accountId, origin);
    await queueSecurityEvents(tx, origin, [
      {
        type: 'credential_change',
        accountId,
        by: 'policy',
        reason: 'factor.disabled: too many codes in a row were wrong.',
        members: { credential_type: 'app', change_type: 'revoke' },
      },
    ]);
    return { accepted, reason: 'disabled' };
  });

  async function refuse<Reason extends string>(
    tx: Queryable,
    reason: Reason,
  ): Promise<{ accepted: false; reason: Reason }> {
    await recordEvent(tx, 'mfa.failed', { accountId }, origin, { method: 'otp', reason });
    return { accepted: false, reason };
  }
}

/** The authenticator whose code it is, and its time step. */
async function findMatch(
  secrets: SecretsAtRest,
  factors: readonly ConfirmedTotpFactor[],
  { code, pastSteps }: { code: string; pastSteps: number | undefined },
  now: Instant,
): Promise<{ factorId: string; step: number } | undefined> {
  for (const { factorId, secretSealed } of factors) {
    const secret = secrets.open(secretSealed, totpSecretContext(factorId)).toString('utf8');
    const step = await findTotpStep(secret, code, now, pastSteps);
    if (step !== undefined) return { factorId, step };
  }
  return undefined;
}
