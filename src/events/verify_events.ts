import type { Seal, TrailEvent } from '../store/audit_seals.ts';
import { listSealedEvents } from '../store/audit_verification.ts';
import type { Queryable } from '../store/database.ts';
import type { Beginnings } from './beginnings.ts';
import { commitToPersonal, digestEvent, hasPersonalRest, readErased } from './trail_digests.ts';
import { nameEvent } from './trail_names.ts';
import type { Removals } from './trail_removals.ts';

/** Compare the events of one seal with it; a sentence for each that is not as it was sealed. */
export async function verifyEvents(
  tx: Queryable,
  seal: Seal,
  removals: Removals,
  beginnings: Beginnings,
): Promise<string[]> {
  const { eventIds, digests, commitments, sealNumber, month } = seal;
  const isDropped = month <= removals.droppedUntil;
  if (!eventIds || !digests || !commitments) {
    return isDropped
      ? []
      : [`Seal ${sealNumber}: its list of events was removed, and its month never dropped.`];
  }
  const standing = await listSealedEvents(tx, seal);
  const found = new Map(standing.map((event) => [event.eventId, event]));
  const twice = new Set(
    standing.filter((event) => found.get(event.eventId) !== event).map(({ eventId }) => eventId),
  );
  return eventIds.flatMap((eventId, index) => {
    const event = found.get(eventId);
    if (!event) return `Event ${eventId} of seal ${sealNumber} (${month.slice(0, 7)}) was removed.`;
    if (twice.has(eventId)) return `${nameEvent(event)} of seal ${sealNumber} stands there twice.`;
    const fault =
      findEventFault(event, digests[index], commitments[index] ?? null, removals) ??
      findBackdating(event, seal, beginnings);
    return fault ? `${nameEvent(event)} of seal ${sealNumber}: ${fault}` : [];
  });
}

function findEventFault(
  event: TrailEvent,
  digest: Buffer | undefined,
  commitment: Buffer | null,
  { erased }: Removals,
): string | undefined {
  if (!digest || !digestEvent(event, commitment).equals(digest)) return 'it was altered.';
  const pseudonym = readErased(event);
  if (pseudonym === undefined) {
    const own = commitToPersonal(event);
    const stands = own === null ? commitment === null : commitment !== null && own.equals(commitment);
    if (!stands) return 'its personal data were altered.';
  } else {
    if (hasPersonalRest(event)) return 'it was altered.';
    if (!erased.has(pseudonym)) return 'its personal data were removed, and no erasure is in the trail.';
  }
  return undefined;
}

/** An event says no moment before its transaction began; where the clock was set back, nothing is said. */
function findBackdating(event: TrailEvent, seal: Seal, beginnings: Beginnings): string | undefined {
  const earliest = beginnings.findEarliest(event.xact);
  return earliest !== undefined && earliest <= seal.sealedAt && Number(event.occurredAt) < earliest
    ? 'it says an earlier moment than that at which it was added.'
    : undefined;
}
