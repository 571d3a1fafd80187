import { sessionLimits } from '../policy/subject_limits.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Queryable } from '../store/database.ts';
import { isEnrolmentInvited } from '../store/enrolment_invitations.ts';
import { findSessionById } from '../store/sessions.ts';

export interface FirstFactorOwner {
  accountId: string;
  sessionId: string;
  /** The app on whose way it is set up, which may not be one of the session's yet. */
  clientId?: string | undefined;
}

/**
 * Whether the policies let this person set up a first second factor: anybody does where `enrolment` is `open`, and
 * whoever came by an operator's link, or a recovery code, where it is `invited`. To hold for a write, it is asked
 * in the write's transaction, with the account locked.
 */
export async function maySetUpFirst(
  db: Queryable,
  { accountId, sessionId, clientId }: FirstFactorOwner,
): Promise<boolean> {
  const session = await findSessionById(db, sessionId);
  if (!session?.facts) return false;
  const clientIds = [...session.facts.clientIds, ...(clientId === undefined ? [] : [clientId])];
  const limits = sessionLimits(await loadConfiguration(db), { clientIds }, session.roles);
  return limits.enrolment.value === 'open' || (await isEnrolmentInvited(db, accountId));
}
