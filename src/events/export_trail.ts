import { listAuditEvents } from '../store/audit_events.ts';
import type { EventFilter } from '../store/audit_events.ts';
import { readHead } from '../store/audit_verification.ts';
import type { Queryable } from '../store/database.ts';
import { nameCheckpoint } from './trail_names.ts';

/** How many events are read at once. */
const pageOfEvents = 1000;

/** Run one read; of all reads one snapshot, or each of its own, as the caller has it. */
export type Read = <Result>(work: (tx: Queryable) => Promise<Result>) => Promise<Result>;

/**
 * The events, the oldest first, each as JSON; at last `{"checkpoint": …}`, which is what `verify --checkpoint`
 * takes: everything up to it is among them. Null: nothing is sealed yet.
 */
export async function* exportTrail(read: Read, filter: EventFilter): AsyncGenerator<string> {
  const head = await read(readHead);
  const checkpoint = head?.lastMac ? nameCheckpoint(head.head.sealNumber, head.lastMac) : null;
  let after: string | undefined;
  do {
    const position = { after, limit: pageOfEvents };
    const page = await read((tx) => listAuditEvents(tx, filter, position));
    for (const event of page) yield JSON.stringify(event);
    after = page.length === pageOfEvents ? page.at(-1)?.event_id : undefined;
  } while (after !== undefined);
  yield JSON.stringify({ checkpoint });
}
