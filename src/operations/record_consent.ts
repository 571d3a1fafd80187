import { recordEvent } from '../events/record_event.ts';
import type { Lease } from '../domain/leases.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { endSession } from './end_session.ts';
import { loadConfiguration } from '../store/configuration.ts';
import { touchSession } from '../store/sessions.ts';

/** The user said no to a client. */
export async function recordDenial(
  tx: Queryable,
  denied: { accountId: string; clientId: string; sessionId: string },
  origin: Origin,
): Promise<void> {
  await recordEvent(tx, 'consent.denied', denied, origin);
}

export interface GivenConsent {
  accountId: string;
  clientId: string;
  sessionId: string;
  openid: readonly string[];
  resources: Readonly<Record<string, readonly string[]>>;
  /** For the one family that comes of it. */
  lease?: Lease | undefined;
}

/**
 * Consenting is activity of the session, and an event; what that would bring back to life ends before. The grant itself is the protocol library's to save.
 */
export async function recordConsent(tx: Queryable, consent: GivenConsent, origin: Origin): Promise<void> {
  await endSession(tx, await loadConfiguration(tx), consent, undefined, origin);
  await touchSession(tx, consent.sessionId);
  await recordEvent(tx, 'consent.granted', consent, origin, {
    openid: consent.openid,
    resources: consent.resources,
    ...(consent.lease ? { lease: consent.lease } : {}),
  });
}
