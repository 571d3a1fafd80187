import { pastKinds } from '../domain/control_findings.ts';
import type { FindingKind } from '../domain/control_findings.ts';
import type { Asked } from './asked.ts';

/** How long, in seconds, what is over may stay open: a sweeper ends it within two, unless very much ends at once. */
export const grace = 60;

/** So many at once. */
const most = 10_000;

/** So many ids are told of each kind. */
const mostIds = 20;

export interface Confirmed {
  kind: FindingKind;
  count: number;
  /** Of the first of them. */
  ids: string[];
}

/**
 * What was still past its limit when it was looked at again, at least a minute after it was first seen; of what
 * happened, all. Each finding is returned once, by kind, however long it stands. Call it in the transaction that
 * tells of them, until nothing is returned.
 */
export async function confirmFindings(tx: Asked): Promise<Confirmed[]> {
  return await tx.query<Confirmed>(
    {
      name: 'control_confirm',
      text: `
        with ripe as materialized (
          select kind, subject_id from control_findings
          where confirmed_at is null
            and (kind = any($1) or checked_at >= seen_at + interval '${grace} seconds')
          order by kind, subject_id limit ${most} for update),
        confirmed as (
          update control_findings c set confirmed_at = curfew_now() from ripe r
          where c.kind = r.kind and c.subject_id = r.subject_id returning c.kind, c.subject_id, c.seen_at)
        select kind, count(*)::float8 as count,
          (array_agg(subject_id order by seen_at, subject_id))[1:${mostIds}] as ids
        from confirmed group by kind order by kind`,
    },
    [pastKinds],
  );
}
