import type { Configuration } from '../../domain/configuration.ts';
import { addSeconds } from '../../domain/instants.ts';
import type { EffectiveLimits } from '../../domain/policies.ts';
import { evaluateSession } from '../../policy/evaluate_lifetime.ts';
import type { Lifetime } from '../../policy/evaluate_lifetime.ts';
import { sessionLimits } from '../../policy/subject_limits.ts';
import type { Queryable } from '../../store/database.ts';
import { pageLiveSessions } from '../../store/live_access.ts';
import type { LiveCursor, LiveSession, PagedSession } from '../../store/live_access.ts';

export interface LiveFilter {
  accountId?: string | undefined;
  clientId?: string | undefined;
  /** That sets one of the two limits. */
  policy?: string | undefined;
  /** Ends within so many seconds unless its person does something. */
  endsWithin?: number | undefined;
}

export interface JudgedLiveSession extends LiveSession {
  limits: Pick<EffectiveLimits, 'session_idle' | 'session_absolute'>;
  life: Extract<Lifetime, { over: false }>;
}

export interface FoundSessions {
  sessions: JudgedLiveSession[];
  /** Where to look further; undefined: there is no more. */
  next?: LiveCursor;
  /** The search gave up, although the page is not full. */
  isCut: boolean;
}

const windowSize = 500;
/** So many sessions are looked at for one page, however rare what is searched for. */
const mostWindows = 4;

/** A page of live sessions, those whose end may come soonest first. What is over by the limits in force is left out. */
export async function findLiveSessions(
  db: Queryable,
  configuration: Configuration,
  filter: LiveFilter,
  { after, most }: { after: LiveCursor | undefined; most: number },
): Promise<FoundSessions> {
  const sessions: JudgedLiveSession[] = [];
  let cursor = after;
  const isSearch = filter.clientId !== undefined || filter.policy !== undefined;
  const size = isSearch ? windowSize : most + 1;
  for (let windows = 0; windows < mostWindows; windows += 1) {
    const page = { accountId: filter.accountId, after: cursor, most: size };
    const rows = await pageLiveSessions(db, page);
    for (const row of rows) {
      if (sessions.length === most) return { sessions, ...(cursor ? { next: cursor } : {}), isCut: false };
      if (isBeyond(row, filter)) return { sessions, isCut: false };
      cursor = row.cursor;
      const judged = judge(configuration, row);
      if (judged && matches(judged, filter)) sessions.push(judged);
    }
    if (rows.length < size) return { sessions, isCut: false };
  }
  return { sessions, ...(cursor ? { next: cursor } : {}), isCut: true };
}

/** undefined: it is over, and the sweeper is on its way. */
export function judge(configuration: Configuration, row: LiveSession): JudgedLiveSession | undefined {
  const limits = sessionLimits(configuration, row.session, row.roles);
  const life = evaluateSession(row.session, limits, row.now);
  return life.over ? undefined : { ...row, limits, life };
}

/** A session is never over before it is looked at: all that follow end later, too. */
function isBeyond({ cursor: { checkAt }, now }: PagedSession, { endsWithin }: LiveFilter): boolean {
  return endsWithin !== undefined && checkAt !== null && checkAt > addSeconds(now, endsWithin);
}

function matches({ session, limits, life, now }: JudgedLiveSession, filter: LiveFilter): boolean {
  const { clientId, policy, endsWithin } = filter;
  if (clientId !== undefined && !session.clientIds.includes(clientId)) return false;
  if (policy !== undefined && ![limits.session_idle.policy, limits.session_absolute.policy].includes(policy))
    return false;
  return endsWithin === undefined || life.idleEndAt <= addSeconds(now, endsWithin);
}
