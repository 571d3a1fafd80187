import { randomUUID } from 'node:crypto';
import { generateRecoveryCodes } from '../credentials/recovery_codes.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { hashToken } from '../credentials/token_hash.ts';
import { findTotpStep, generateTotpSecret, totpUri } from '../credentials/totp.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { bumpAccountVersion } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { writeEnrolmentInvitation } from '../store/enrolment_invitations.ts';
import { findSessionById, lockAccount } from '../store/sessions.ts';
import {
  confirmTotpFactor,
  countFactors,
  countAttempt,
  findPendingTotpFactor,
  hasSecondFactor,
  insertPendingTotpFactor,
  replaceRecoveryCodes,
  takeTimeStep,
} from '../store/second_factors.ts';
import { maySetUpFirst } from './may_set_up_first.ts';
import type { FirstFactorOwner } from './may_set_up_first.ts';
import { queueMail } from './queue_mail.ts';
import { queueSecurityEvents } from './queue_security_events.ts';

export const totpSecretContext = (factorId: string): string => `totp_factors:secret_sealed:${factorId}`;

/** Of an authenticator that was given none. */
export const defaultTotpName = 'Authenticator app';

/** A first factor is set up only within this long of a password proof, in seconds. */
export const enrolmentSeconds = 300;

/**
 * Whether a first factor may be set up: there is none of any kind, and the session's password was proved
 * within `enrolmentSeconds`.
 */
export async function mayEnrol(
  database: Database,
  { accountId, sessionId }: { accountId: string; sessionId: string },
): Promise<boolean> {
  if (await hasSecondFactor(database, accountId)) return false;
  const session = await findSessionById(database, sessionId);
  return session?.passwordAt !== undefined && session.now < addSeconds(session.passwordAt, enrolmentSeconds);
}

/** The secret of the authenticator that this session is setting up, and its key URI; made now unless one is under way. */
export async function beginTotpEnrolment(
  database: Database,
  secrets: SecretsAtRest,
  owner: { accountId: string; sessionId: string },
  label: { issuer: string; account: string },
): Promise<{ secret: string; otpauthUri: string }> {
  const pending = await findPendingTotpFactor(database, owner);
  const secret = pending
    ? secrets.open(pending.secretSealed, totpSecretContext(pending.factorId)).toString('utf8')
    : await storePending(database, secrets, owner);
  return { secret, otpauthUri: totpUri(secret, label) };
}

async function storePending(
  database: Database,
  secrets: SecretsAtRest,
  owner: { accountId: string; sessionId: string },
): Promise<string> {
  const secret = generateTotpSecret();
  const factorId = randomUUID();
  const secretSealed = secrets.seal(Buffer.from(secret), totpSecretContext(factorId));
  await database.transaction((tx) =>
    insertPendingTotpFactor(tx, { factorId, ...owner, name: defaultTotpName, secretSealed }),
  );
  return secret;
}

/** `recoveryCodes` of a further factor: none, for those made with the first one hold. */
export type EnrolmentVerdict =
  | { enrolled: true; mfaAt: Instant; recoveryCodes: string[] }
  | { enrolled: false; reason: 'wrong' | 'used' | 'none_pending' | 'not_invited' }
  | { enrolled: false; reason: 'blocked'; until: Instant };

/**
 * Confirm the authenticator that is being set up by one of its codes; it counts as a proof of MFA. With the
 * first factor the recovery codes are made, which are never shown again. Where there is a factor of any kind,
 * one more is set up only where `most` says how many apps there may be: whoever asks for it has had those
 * before it proved.
 */
export async function confirmTotpEnrolment(
  database: Database,
  secrets: SecretsAtRest,
  { code, name, ...owner }: FirstFactorOwner & { code: string; name: string },
  origin: Origin,
  { most, pastSteps }: { most?: number; pastSteps?: number | undefined } = {},
): Promise<EnrolmentVerdict> {
  const { accountId, sessionId } = owner;
  const attempt = await countAttempt(database, accountId);
  if (!attempt.allowed) {
    await recordEvent(database, 'mfa.failed', { accountId }, origin, { method: 'otp', reason: 'blocked' });
    return { enrolled: false, reason: 'blocked', until: attempt.blockedUntil };
  }
  const pending = await findPendingTotpFactor(database, { accountId, sessionId });
  if (!pending) return { enrolled: false, reason: 'none_pending' };
  const secret = secrets.open(pending.secretSealed, totpSecretContext(pending.factorId)).toString('utf8');
  const step = await findTotpStep(secret, code, attempt.now, pastSteps);
  return await database.transaction(async (tx) => {
    await lockAccount(tx, accountId);
    const { apps, passkeys } = await countFactors(tx, accountId);
    const isFirst = apps + passkeys === 0;
    const isAllowed = most === undefined ? isFirst : apps < most;
    if (!isAllowed) return { enrolled: false, reason: 'none_pending' };
    if (isFirst && !(await maySetUpFirst(tx, owner))) return { enrolled: false, reason: 'not_invited' };
    const right = step !== undefined && (await takeTimeStep(tx, accountId, step));
    if (!right) {
      const reason = step === undefined ? 'wrong' : 'used';
      await recordEvent(tx, 'mfa.failed', { accountId }, origin, { method: 'otp', reason });
      return { enrolled: false, reason };
    }
    if (!(await confirmTotpFactor(tx, pending.factorId, name || pending.name))) {
      return { enrolled: false, reason: 'none_pending' };
    }
    const recoveryCodes = isFirst ? generateRecoveryCodes() : [];
    if (isFirst) await replaceRecoveryCodes(tx, accountId, recoveryCodes.map(hashToken));
    if (isFirst) await writeEnrolmentInvitation(tx, accountId, false);
    await bumpAccountVersion(tx, accountId);
    await recordEvent(tx, 'factor.enrolled', { accountId }, origin, {
      method: 'otp',
      factor_id: pending.factorId,
    });
    await queueMail(tx, 'factor_enrolled', accountId, origin);
    await queueSecurityEvents(tx, origin, [
      {
        type: 'credential_change',
        accountId,
        by: 'user',
        reason: 'factor.enrolled: an authenticator app was set up.',
        members: { credential_type: 'app', change_type: 'create' },
      },
    ]);
    return { enrolled: true, mfaAt: attempt.now, recoveryCodes };
  });
}
