import type { FindingKind } from '../domain/control_findings.ts';
import { builtInDefaultPolicy } from '../domain/policies.ts';
import type { Asked } from './asked.ts';
import { liveTables } from './live_sql.ts';
import type { Live } from './live_sql.ts';

/** Before the first row of a walk. */
export const beginning: Place = { at: '-infinity', id: '' };

/** Where a walk stands, in the order of `check_at` and the ids: that index holds everything open, and nothing else. */
export interface Place {
  at: string;
  id: string;
}

/** How many rows are judged in one statement. */
export const pageSize = 2000;

const kindsOf: Record<Live, readonly FindingKind[]> = {
  sessions: ['session_past_limit', 'barred_session'],
  families: ['family_past_limit', 'lease_past_end', 'family_outlived_session', 'barred_family'],
};

/**
 * Judge the page of open rows after `place`, and note what is past its limit; undefined where that was all.
 * `isDue`: only of what its `check_at` says should be looked at by now.
 */
export async function lookAtPage(
  asked: Asked,
  live: Live,
  place: Place,
  { isDue }: { isDue: boolean },
): Promise<Place | undefined> {
  const { open, id } = liveTables[live];
  const until = isDue ? 'and t.check_at <= (select now from clock)' : '';
  const [row] = await asked.query<{ count: number; at: string; id: string }>(
    {
      name: `control_page_${live}${isDue ? '_due' : ''}`,
      text: `with ${look(
        live,
        `select t.*, ${id} as looked_id from ${open} and t.check_at >= $2::timestamptz
           and (t.check_at > $2::timestamptz or ${id} collate "C" > $3) ${until}
         order by t.check_at, ${id} collate "C" limit ${pageSize}`,
        'select looked_id from page',
      )}
      select (select count(*)::float8 from page) as count, t.check_at::text as at, t.looked_id as id
      from page t order by t.check_at desc, t.looked_id collate "C" desc limit 1`,
    },
    [JSON.stringify(builtInDefaultPolicy.limits), place.at, place.id],
  );
  return row && row.count === pageSize ? { at: row.at, id: row.id } : undefined;
}

/** Judge again a page of what was noted and not looked at since `before`: what is over or within its limits is noted no more. Returns how many. */
export async function lookAgain(asked: Asked, live: Live, before: string): Promise<number> {
  const { open, among } = liveTables[live];
  const noted = await asked.query<{ id: string }>(
    {
      name: `control_noted_${live}`,
      text: `select subject_id as id from control_findings
             where kind = any($1) and checked_at < $2 order by checked_at limit ${pageSize}`,
    },
    [kindsOf[live], before],
  );
  if (noted.length === 0) return 0;
  await asked.query(
    {
      name: `control_again_${live}`,
      text: `with ${look(live, `select t.* from ${open} and ${among}`, 'select unnest($2::text[])')} select`,
    },
    [JSON.stringify(builtInDefaultPolicy.limits), noted.map((one) => one.id)],
  );
  return noted.length;
}

/** Judge the rows of `page`; note those past a limit, and forget of the ids `looked` what is not. Both as hashes: findings may be many. */
function look(live: Live, page: string, looked: string): string {
  const kinds = kindsOf[live].map((kind) => `'${kind}'`).join(', ');
  return `
    clock as materialized (select curfew_now() as now),
    page as materialized (${page}),
    ${liveTables[live].judged},
    healed as (
      delete from control_findings c using (${looked}) l (id)
      where c.kind in (${kinds}) and c.subject_id = l.id
        and (c.kind, c.subject_id) not in (select j.kind, j.id from judged j where j.kind is not null)),
    noted as (
      insert into control_findings (kind, subject_id, seen_at, checked_at)
      select j.kind, j.id, c.now, c.now from clock c, judged j where j.kind is not null
      on conflict (kind, subject_id) do update set checked_at = excluded.checked_at)`;
}
