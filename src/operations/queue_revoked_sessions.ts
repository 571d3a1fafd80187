import type { End } from '../domain/facts.ts';
import { describeDuration } from '../domain/durations.ts';
import type { Origin } from '../domain/origin.ts';
import { endReasons } from '../domain/reasons.ts';
import type { EndReason } from '../domain/reasons.ts';
import type { Queryable } from '../store/database.ts';
import type { NamedSession } from '../store/sessions.ts';
import { queueSecurityEvents } from './queue_security_events.ts';
import type { SecurityEvent } from './queue_security_events.ts';

/** Queue a `session-revoked` (CAEP 1.0 §3.1) for each session that has ended, of the moment at which it ended. */
export async function queueRevokedSessions(
  tx: Queryable,
  ended: readonly { session: NamedSession; end: End }[],
  origin: Origin,
): Promise<void> {
  const events = ended.map(
    ({ session, end }): SecurityEvent => ({
      type: 'session_revoked',
      accountId: session.accountId,
      session,
      at: end.at,
      by: whoEnded(end.reason, origin),
      reason: describeEnd(end),
    }),
  );
  await queueSecurityEvents(tx, origin, events);
}

const initiators: Partial<Record<EndReason, SecurityEvent['by']>> = {
  idle_timeout: 'policy',
  absolute_timeout: 'policy',
  lease_over: 'policy',
  session_limit: 'policy',
  signed_out: 'user',
  replaced: 'user',
  consent_withdrawn: 'user',
  account_disabled: 'admin',
  client_disabled: 'admin',
  ended_by_operator: 'admin',
};

function whoEnded(reason: EndReason, origin: Origin): SecurityEvent['by'] {
  if (reason === 'credential_changed') return whoActed(origin);
  return initiators[reason] ?? 'system';
}

/** An operator acts under a name; whoever comes with a request alone is the user. */
export function whoActed({ actor }: Origin): 'admin' | 'user' {
  return actor === undefined ? 'user' : 'admin';
}

function describeEnd({ reason, limit, policy, policyVersion }: End): string {
  const parts = [`${reason}: ${endReasons[reason]}`];
  if (limit !== undefined) parts.push(`Limit: ${describeDuration(limit)}.`);
  if (policy !== undefined) parts.push(`Policy: ${policy}, version ${policyVersion}.`);
  return parts.join(' ');
}
