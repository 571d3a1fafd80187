import type { HistoryEvent } from '../../src/dev/company/history_event.ts';
import type { AwayTimes } from '../../src/policy/suggest_limit.ts';
import { usageBucket } from '../../src/domain/usage.ts';
import type { Bucket } from '../../src/domain/usage.ts';

/** What waits for a sign-in within a day of an idle end. */
const horizon = 86_400;
const micros = 1e6;

interface OpenSession {
  activeAt: number;
  endedAt?: number;
}

/**
 * For how long the people of these accounts were away, as the trail tells: from one activity of a session to the
 * next, or over an idle end to the next sign-in; and what was left open behind them. Nothing but events is read.
 */
export function collectAbsences(events: readonly HistoryEvent[], accountIds: ReadonlySet<string>): AwayTimes {
  const [gaps, tails] = [new Map<number, Bucket>(), new Map<number, Bucket>()];
  const away = { spans: 0, gaps, tails, gone: 0 };
  const open = new Map<string, OpenSession>();
  for (const event of events) {
    if (event.accountId !== undefined && accountIds.has(event.accountId)) follow(event, event.accountId);
  }
  for (const session of open.values()) if (session.endedAt !== undefined) away.gone += 1;
  return away;

  function follow({ name, at, detail }: HistoryEvent, accountId: string): void {
    const session = open.get(accountId);
    switch (name) {
      case 'sign_in.succeeded':
        if (session?.endedAt !== undefined) comeBack(accountId, session, at);
        return;
      case 'session.started':
        open.set(accountId, { activeAt: readMoment(detail.active_at) });
        return;
      case 'consent.granted':
        return move(session, at);
      case 'code.exchanged':
        return move(session, readMoment(detail.active_at));
      case 'refresh.granted':
        if (detail.session_inactive_for === null) return;
        return move(session, at - Number(detail.session_inactive_for ?? 0) * micros);
      case 'session.ended':
        away.spans += 1;
        if (detail.reason === 'idle_timeout' && session) session.endedAt = readMoment(detail.ended_at);
        else {
          add(tails, readMoment(detail.ended_at) - (session?.activeAt ?? 0));
          open.delete(accountId);
        }
        return;
      default:
    }
  }

  function comeBack(accountId: string, { activeAt, endedAt = 0 }: OpenSession, at: number): void {
    if (at - endedAt > horizon * micros) away.gone += 1;
    else add(gaps, at - activeAt);
    open.delete(accountId);
  }

  function move(session: OpenSession | undefined, to: number): void {
    if (!session || to <= session.activeAt) return;
    add(gaps, to - session.activeAt);
    session.activeAt = to;
  }
}

const readMoment = (text: unknown): number => Date.parse(String(text)) * 1000;

function add(histogram: Map<number, Bucket>, duration: number): void {
  const seconds = Math.max(0, duration / micros);
  const bucket = usageBucket(seconds);
  const { count, seconds: sum } = histogram.get(bucket) ?? { count: 0, seconds: 0 };
  histogram.set(bucket, { count: count + 1, seconds: sum + seconds });
}
