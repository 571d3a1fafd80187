import { readControls } from '../controls/read_controls.ts';
import type { ControlState } from '../controls/read_controls.ts';
import { formatInstant } from '../domain/instants.ts';
import { Problem } from '../domain/problems.ts';
import { defaultWeight } from '../policy/suggest_limit.ts';
import { prematureWithin } from '../domain/usage.ts';
import { readTrail } from '../store/audit_verification.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';
import { readNow } from '../store/sessions.ts';
import { sumEventCounts } from '../store/usage_events.ts';
import { countLiveSessions } from './count_live_sessions.ts';
import { holdsDemoData } from './holds_demo_data.ts';
import { reportCompliance } from './report_compliance.ts';
import type { DatedCompliance, FixedFacts } from './report_compliance.ts';
import { judgeTimeouts } from './report_timeouts.ts';
import type { TimeoutRow } from './report_timeouts.ts';
import { judgeUsage } from './report_usage.ts';
import type { UsageRow } from './report_usage.ts';

/** How often something ended, or was refused, for one reason. */
export interface ReasonCount {
  reason: string;
  count: number;
}

export interface MonthlyReport {
  /** `YYYY-MM`. */
  month: string;
  /** The day of the report, in UTC: what is live, and what is configured, is told of it. */
  day: string;
  /** Whether the month is over. */
  isWhole: boolean;
  isDemo: boolean;
  /** Live sessions now by the policy of their idle limit, the most first. */
  live: { policy: string; count: number }[];
  /** The most frequent first. */
  endedSessions: ReasonCount[];
  endedFamilies: ReasonCount[];
  refusedRefreshes: ReasonCount[];
  usage: UsageRow[];
  timeouts: TimeoutRow[];
  compliance: DatedCompliance;
  /** What the detective control has found so far. */
  controls: ControlState;
}

/** What a month brought: of the roll-ups, the configuration and the sessions of now. Throws Problem `month_invalid`. */
export async function reportMonthly(
  database: Database,
  facts: FixedFacts,
  asked?: string,
): Promise<MonthlyReport> {
  return await readTrail(database, async (tx) => {
    const day = formatInstant(await readNow(tx)).slice(0, 10);
    const month = asked ?? monthBefore(day);
    const period = { from: `${month}-01`, to: lastDayOf(month), recentFrom: null };
    if (period.from > day) throw new Problem('month_invalid', `${month} has not begun.`);
    const configuration = await loadConfiguration(tx);
    const counts = await sumEventCounts(tx, period);
    const countsOf = (name: string) =>
      counts.filter((each) => each.name === name).map(({ reason, count }) => ({ reason, count }));
    const live = await countLiveSessions(tx, configuration);
    return {
      month,
      day,
      isWhole: period.to < day,
      isDemo: await holdsDemoData(tx),
      live: [...live]
        .map(([policy, count]) => ({ policy, count }))
        .toSorted((a, b) => b.count - a.count || (a.policy < b.policy ? -1 : 1)),
      endedSessions: countsOf('session.ended'),
      endedFamilies: countsOf('family.ended'),
      refusedRefreshes: countsOf('refresh.refused'),
      usage: await judgeUsage(tx, { period, by: 'policy', weight: defaultWeight }, configuration.policies),
      timeouts: await judgeTimeouts(
        tx,
        { period, by: 'policy', within: prematureWithin },
        configuration.policies,
      ),
      compliance: await reportCompliance(tx, facts),
      controls: await readControls(tx),
    };
  });
}

function monthBefore(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 7);
}

function lastDayOf(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}
