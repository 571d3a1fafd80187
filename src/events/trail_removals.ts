import { listRemovals } from '../store/audit_verification.ts';
import type { Queryable } from '../store/database.ts';
import type { EventName } from './catalogue.ts';
import { readErased } from './trail_digests.ts';
import { nameEvent } from './trail_names.ts';

/** Months younger than this are not dropped, whoever says so. */
const leastRetentionMicros = 30 * 86_400 * 1_000_000;

/** What the trail itself says was removed from it. */
export interface Removals {
  erased: ReadonlySet<string>;
  droppedUntil: string;
  /** What no removal excuses, in a sentence each: an end that was cut, an erasure that was none. */
  faults: readonly string[];
}

export async function readRemovals(tx: Queryable): Promise<Removals> {
  const events = await listRemovals(tx);
  const named = (name: EventName) => events.filter((event) => event.name === name);
  const months = named('trail.month_dropped').flatMap(({ detail, occurredAt }) => {
    const [, year, number] = /^(\d{4})-(\d{2})$/.exec(String(detail.month)) ?? [];
    const endAt = Date.UTC(Number(year), Number(number)) * 1000;
    return Number(occurredAt) >= endAt + leastRetentionMicros ? [`${year}-${number}-01`] : [];
  });
  return {
    erased: new Set(named('account.erased').flatMap((event) => readErased(event) ?? [])),
    droppedUntil: months.toSorted().at(-1) ?? '',
    faults: [
      ...named('account.erased')
        .filter(({ keyRemains }) => keyRemains)
        .map((event) => `${nameEvent(event)}: the key of the account that it calls erased is still there.`),
      ...named('trail.cut').map((event) => {
        const { seen, found } = event.detail;
        return `${nameEvent(event)}: a server had seen ${Number(seen)} seals and found ${Number(found)}.`;
      }),
    ],
  };
}
