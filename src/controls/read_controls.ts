import type { FindingKind } from '../domain/control_findings.ts';
import type { Asked } from './asked.ts';

/** So many of a kind are counted. */
export const mostCounted = 10_000;

/** How many findings of each kind stand, to 10,000; and seconds since the last whole run, or since the first was due. */
export async function measureControls(
  asked: Asked,
): Promise<{ findings: { kind: FindingKind; count: number }[]; ageSeconds: number | null }> {
  const findings = await asked.query<{ kind: FindingKind; count: number }>({
    name: 'control_measure',
    text: `select kind, count(*)::float8 as count from (
             select kind from control_findings where confirmed_at is not null limit ${mostCounted}) c group by kind`,
  });
  const [run] = await asked.query<{ age: number | null }>({
    name: 'control_age',
    text: `select greatest(0, extract(epoch from curfew_now() - completed_at))::float8 as age from control_runs`,
  });
  return { findings, ageSeconds: run?.age ?? null };
}

export interface StandingFinding {
  kind: FindingKind;
  count: number;
  /** ISO 8601 in UTC. */
  firstSeenAt: string;
  /** Of the first twenty. */
  ids: string[];
}

/** What a report of the control tells; moments are ISO 8601 in UTC, null: not yet. */
export interface ControlState {
  completedAt: string | null;
  /** When all of each table had been looked at. */
  walks: { walk: string; walkedAt: string | null }[];
  /** Age in seconds of the oldest event that the trail has and this has not looked at; 0: none. */
  trailSeconds: number;
  findings: StandingFinding[];
}

export async function readControls(asked: Asked): Promise<ControlState> {
  const moment = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  const [run] = await asked.query<Pick<ControlState, 'completedAt' | 'trailSeconds'>>({
    name: 'control_run',
    text: `select ${moment('r.completed_at')} as "completedAt",
             coalesce((select greatest(0, extract(epoch from curfew_now() - s.sealed_at)) from audit_seals s
                       where s.seal_number > r.seal_number order by s.seal_number limit 1), 0)::float8 as "trailSeconds"
           from control_runs r`,
  });
  const walks = await asked.query<ControlState['walks'][number]>({
    name: 'control_walks',
    text: `select walk, ${moment('walked_at')} as "walkedAt" from control_walks order by walk desc`,
  });
  const findings = await asked.query<StandingFinding>({
    name: 'control_findings',
    text: `select kind, count(*)::float8 as count, ${moment('min(seen_at)')} as "firstSeenAt",
             (array_agg(subject_id order by seen_at, subject_id))[1:20] as ids
           from control_findings where confirmed_at is not null group by kind order by kind`,
  });
  return { completedAt: run?.completedAt ?? null, trailSeconds: run?.trailSeconds ?? 0, walks, findings };
}
