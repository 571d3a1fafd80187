import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import type { NamedSession } from '../store/sessions.ts';
import { queueSecurityEvents } from './queue_security_events.ts';

/** Queue an `assurance-level-change` (CAEP 1.0 §3.4): a session begun with a password has met a second factor. */
export async function queueAssuranceIncrease(
  tx: Queryable,
  session: NamedSession,
  mfaAt: Instant,
  origin: Origin,
): Promise<void> {
  await queueSecurityEvents(tx, origin, [
    {
      type: 'assurance_level_change',
      accountId: session.accountId,
      session,
      at: mfaAt,
      by: 'user',
      reason: 'mfa.passed: a second factor was proved in the session.',
      members: {
        namespace: 'NIST-AAL',
        current_level: 'nist-aal2',
        previous_level: 'nist-aal1',
        change_direction: 'increase',
      },
    },
  ]);
}
