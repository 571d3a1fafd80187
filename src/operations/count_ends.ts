import type { Configuration } from '../domain/configuration.ts';
import type { End } from '../domain/facts.ts';
import type { EndReason } from '../domain/reasons.ts';
import type { Queryable } from '../store/database.ts';
import { listOpenFamilies } from '../store/families.ts';
import type { OpenFamily } from '../store/families.ts';
import { listOpenSessionsById, readNow } from '../store/sessions.ts';
import { findFamilyEnd, findSessionEnd } from './end_access.ts';

/** How many end for one reason by one policy. */
export interface EndCount {
  policy?: string;
  reason: EndReason;
  sessions: number;
  families: number;
}

type Portions = Iterable<readonly string[]> | AsyncIterable<readonly string[]>;

/** Ends by policy and reason. */
export function createEndTally() {
  const counts = new Map<string, EndCount>();
  return {
    add({ policy, reason }: End, what: 'sessions' | 'families'): void {
      const key = `${policy ?? ''} ${reason}`;
      const entry = counts.get(key) ?? { ...(policy ? { policy } : {}), reason, sessions: 0, families: 0 };
      entry[what] += 1;
      counts.set(key, entry);
    },
    list: (): EndCount[] => [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry),
  };
}

/**
 * What of these is over under `configuration`, with what is bound to the sessions that are: the ids of sessions and of
 * families that may be over by their own limits, in portions.
 */
export async function countEndsAmong(
  tx: Queryable,
  configuration: Configuration,
  { sessions, families }: Record<'sessions' | 'families', Portions>,
): Promise<EndCount[]> {
  const now = await readNow(tx);
  const tally = createEndTally();
  const counted = new Set<string>();
  const countFamilies = (open: readonly OpenFamily[]) => {
    for (const one of open) {
      const end = findFamilyEnd(configuration, one, undefined, now);
      if (!end) continue;
      counted.add(one.family.familyId);
      tally.add(end, 'families');
    }
  };
  for await (const sessionIds of sessions) {
    const over = (await listOpenSessionsById(tx, sessionIds)).flatMap((open) => {
      const end = findSessionEnd(configuration, open, undefined, now);
      return end ? [{ end, sessionId: open.session.sessionId }] : [];
    });
    for (const { end } of over) tally.add(end, 'sessions');
    // A session takes its families with it, whatever limits they have of their own.
    const boundTo = over.map(({ sessionId }) => sessionId);
    if (boundTo.length > 0) countFamilies(await listOpenFamilies(tx, { boundTo }));
  }
  for await (const ids of families) {
    const familyIds = ids.filter((id) => !counted.has(id));
    if (familyIds.length > 0) countFamilies(await listOpenFamilies(tx, { familyIds }));
  }
  return tally.list();
}
