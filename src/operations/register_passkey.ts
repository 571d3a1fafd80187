import { randomUUID } from 'node:crypto';
import { readMadePasskey, readPasskeyAnswer } from '../credentials/passkey_answer.ts';
import { registrationRequest } from '../credentials/passkey_request.ts';
import type { PasskeyRequest } from '../credentials/passkey_request.ts';
import { generateRecoveryCodes } from '../credentials/recovery_codes.ts';
import type { RelyingParty } from '../credentials/relying_party.ts';
import { hashToken } from '../credentials/token_hash.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { bumpAccountVersion, findAccountById } from '../store/accounts.ts';
import type { Database, Queryable } from '../store/database.ts';
import { writeEnrolmentInvitation } from '../store/enrolment_invitations.ts';
import { insertPasskey, listPasskeys } from '../store/passkeys.ts';
import { countFactors, replaceRecoveryCodes } from '../store/second_factors.ts';
import { listOpenSessionsById, lockAccount, readNow } from '../store/sessions.ts';
import { issueChallenge, takeChallenge } from './passkey_challenges.ts';
import { maySetUpFirst } from './may_set_up_first.ts';
import type { FirstFactorOwner } from './may_set_up_first.ts';
import { queueMail } from './queue_mail.ts';
import { queueSecurityEvents } from './queue_security_events.ts';
import { amrOfPasskey } from './verify_passkey.ts';

/** Of a passkey that was given none. */
export const defaultPasskeyName = 'Passkey';

/** More than one person's devices and keys. */
export const mostPasskeys = 10;

/** As CAEP 1.0 §3.2 calls it: built into a device, or a key that goes from one to another. */
export function passkeyCredentialType({ transports }: { transports: readonly string[] }): string {
  return transports.includes('internal') ? 'fido2-platform' : 'fido2-roaming';
}

/** Whose passkey it becomes, and the session in which it is made: no answer of another one is taken. */
export type PasskeyOwner = FirstFactorOwner;

/** What the page asks the browser for; undefined: the account has as many passkeys as it may. */
export async function beginPasskeyRegistration(
  database: Database,
  party: RelyingParty,
  { accountId, sessionId }: PasskeyOwner,
  serviceName: string,
): Promise<PasskeyRequest | undefined> {
  const account = await findAccountById(database, accountId);
  const known = await listPasskeys(database, accountId);
  if (!account || known.length >= mostPasskeys) return undefined;
  const challenge = await issueChallenge(database, { purpose: 'registration', boundTo: sessionId });
  const { username, name } = account;
  return await registrationRequest(party, {
    challenge,
    account: { accountId, username, name },
    serviceName,
    known,
  });
}

/** `recoveryCodes`: none where the account had a second factor before, for its codes hold. */
export type RegistrationVerdict =
  | { registered: true; mfaAt: Instant; amr: string[]; userVerified: boolean; recoveryCodes: string[] }
  | { registered: false; reason: 'expired' | 'invalid' | 'known' | 'too_many' | 'not_invited' };

/**
 * Keep a passkey that the browser made for this page. Its challenge is taken whatever comes of it. Making
 * one is a proof of it, too. With the account's first second factor its recovery codes are made, which are
 * never shown again.
 */
export async function registerPasskey(
  database: Database,
  party: RelyingParty,
  { answer: text, name, ...owner }: PasskeyOwner & { answer: string; name: string },
  origin: Origin,
): Promise<RegistrationVerdict> {
  const { accountId, sessionId } = owner;
  const answer = readPasskeyAnswer(text);
  if (!answer) return await refuse('invalid');
  const place = { purpose: 'registration', boundTo: sessionId } as const;
  if (!(await takeChallenge(database, place, answer.challenge))) return await refuse('expired');
  const made = await readMadePasskey(party, answer);
  if (!made) return await refuse('invalid');
  const { userVerified, ...credential } = made;
  const passkeyId = randomUUID();
  return await database.transaction(async (tx) => {
    await lockAccount(tx, accountId);
    // Whoever ended the session, or deleted the account, meanwhile shut this request out as well.
    if ((await listOpenSessionsById(tx, [sessionId])).length === 0) return await refuse('expired', tx);
    const { apps, passkeys } = await countFactors(tx, accountId);
    const isFirst = apps + passkeys === 0;
    if (isFirst && !(await maySetUpFirst(tx, owner))) return { registered: false, reason: 'not_invited' };
    if (passkeys >= mostPasskeys) return { registered: false, reason: 'too_many' };
    const passkey = { ...credential, passkeyId, accountId, name: name || defaultPasskeyName };
    if (!(await insertPasskey(tx, passkey))) return { registered: false, reason: 'known' };
    const recoveryCodes = isFirst ? generateRecoveryCodes() : [];
    if (recoveryCodes.length > 0) await replaceRecoveryCodes(tx, accountId, recoveryCodes.map(hashToken));
    if (isFirst) await writeEnrolmentInvitation(tx, accountId, false);
    await bumpAccountVersion(tx, accountId);
    await recordEvent(tx, 'factor.enrolled', { accountId }, origin, {
      method: 'passkey',
      factor_id: passkeyId,
    });
    await queueMail(tx, 'passkey_added', accountId, origin);
    await queueSecurityEvents(tx, origin, [
      {
        type: 'credential_change',
        accountId,
        by: 'user',
        reason: 'factor.enrolled: a passkey was added.',
        members: { credential_type: passkeyCredentialType(made), change_type: 'create' },
      },
    ]);
    return {
      registered: true,
      mfaAt: await readNow(tx),
      amr: amrOfPasskey(made),
      userVerified,
      recoveryCodes,
    };
  });

  async function refuse(
    reason: 'expired' | 'invalid',
    db: Queryable = database,
  ): Promise<RegistrationVerdict> {
    await recordEvent(db, 'mfa.failed', { accountId }, origin, { method: 'passkey', reason });
    return { registered: false, reason };
  }
}
