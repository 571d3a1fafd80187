import { normalizeRecoveryCode } from '../credentials/recovery_codes.ts';
import { hashToken } from '../credentials/token_hash.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { writeEnrolmentInvitation } from '../store/enrolment_invitations.ts';
import type { Database } from '../store/database.ts';
import { clearFailures, countAttempt, takeRecoveryCode } from '../store/second_factors.ts';
import { queueMail } from './queue_mail.ts';

export type RecoveryVerdict =
  | { accepted: true }
  | { accepted: false; reason: 'wrong' }
  | { accepted: false; reason: 'blocked'; until: Instant };

/** Use a recovery code, once. It opens the way to enrol a new factor; it is no proof of MFA itself. */
export async function useRecoveryCode(
  database: Database,
  { accountId, code }: { accountId: string; code: string },
  origin: Origin,
): Promise<RecoveryVerdict> {
  const attempt = await countAttempt(database, accountId);
  if (!attempt.allowed) {
    const detail = { method: 'recovery_code', reason: 'blocked' };
    await recordEvent(database, 'mfa.failed', { accountId }, origin, detail);
    return { accepted: false, reason: 'blocked', until: attempt.blockedUntil };
  }
  return await database.transaction(async (tx) => {
    const accepted = await takeRecoveryCode(tx, accountId, hashToken(normalizeRecoveryCode(code)));
    if (!accepted) {
      await recordEvent(tx, 'mfa.failed', { accountId }, origin, {
        method: 'recovery_code',
        reason: 'wrong',
      });
      return { accepted, reason: 'wrong' };
    }
    await clearFailures(tx, accountId);
    // Whoever has one had a factor before: it stands for an invitation to the next.
    await writeEnrolmentInvitation(tx, accountId, true);
    await recordEvent(tx, 'recovery_code.used', { accountId }, origin);
    await queueMail(tx, 'recovery_code_used', accountId, origin);
    return { accepted };
  });
}
