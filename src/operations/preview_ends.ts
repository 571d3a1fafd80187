import type { Configuration } from '../domain/configuration.ts';
import type { End } from '../domain/facts.ts';
import type { EndReason } from '../domain/reasons.ts';
import type { Swept } from '../store/check_walks.ts';
import type { Queryable } from '../store/database.ts';
import { listOpenFamilies } from '../store/families.ts';
import type { OpenFamily } from '../store/families.ts';
import { listOpenSessionsById, readNow } from '../store/sessions.ts';
import { findFamilyEnd, findSessionEnd } from './end_access.ts';
import { listMaybeOverNow } from './list_swept_limits.ts';

/** How many end for one reason by one policy. */
export interface EndCount {
  policy?: string;
  reason: EndReason;
  sessions: number;
  families: number;
}

/**
 * What is open now and over under `configuration`: what the sweepers end within seconds once it is in
 * force. By policy and reason, in that order.
 */
export async function previewEnds(tx: Queryable, configuration: Configuration): Promise<EndCount[]> {
  const now = await readNow(tx);
  const counts = new Map<string, EndCount>();
  const count = (end: End | undefined, what: 'sessions' | 'families') => {
    if (!end) return;
    const { policy, reason } = end;
    const key = `${policy ?? ''} ${reason}`;
    const entry = counts.get(key) ?? { ...(policy ? { policy } : {}), reason, sessions: 0, families: 0 };
    entry[what] += 1;
    counts.set(key, entry);
  };
  const listOver = async (table: Swept): Promise<string[][]> =>
    await listMaybeOverNow(tx, table, configuration);
  const counted = new Set<string>();
  const countFamilies = (families: readonly OpenFamily[]) => {
    for (const open of families) {
      const end = counted.has(open.family.familyId)
        ? undefined
        : findFamilyEnd(configuration, open, undefined, now);
      if (end) counted.add(open.family.familyId);
      count(end, 'families');
    }
  };
  for (const sessionIds of await listOver('sessions')) {
    for (const open of await listOpenSessionsById(tx, sessionIds))
      count(findSessionEnd(configuration, open, undefined, now), 'sessions');
    // A session takes its families with it, whatever limits they have of their own.
    countFamilies(await listOpenFamilies(tx, { boundTo: sessionIds }));
  }
  for (const familyIds of await listOver('families'))
    countFamilies(await listOpenFamilies(tx, { familyIds }));
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}
