import { pastKinds } from '../domain/control_findings.ts';
import type { Asked } from './asked.ts';
import { followTrail } from './follow_trail.ts';
import { beginning, lookAgain, lookAtPage, pageSize } from './look_at_live.ts';
import type { Place } from './look_at_live.ts';
import { lookAtTokens } from './look_at_tokens.ts';

/** So many rows of each table are looked at in one run: it costs no more however many there are. */
const mostRows = 50_000;
const mostPages = mostRows / pageSize;
/** So many pages of the trail, of 5000 events each: more than are written in five minutes. */
const mostTrailPages = 200;

/** What a past finding stands for. */
const pastFor = '1 day';

/**
 * Look whether anything lives past its limit, or was used after its end, and note it: first at what is due by the
 * index of the sweepers, then on along all that is open, then at what the trail tells since. Only one instance
 * does it, `period` seconds after the last time, less a tenth; the others return false at once. An aborted
 * `signal` stops it between two statements: the next run goes on from there.
 */
export async function lookForOverdue(asked: Asked, period: number, signal?: AbortSignal): Promise<boolean> {
  if (!(await beginRun(asked, period))) return false;
  const isStopped = () => signal?.aborted ?? false;
  for (const live of ['sessions', 'families'] as const) {
    await walk((place) => lookAtPage(asked, live, place, { isDue: true }), beginning, isStopped);
    await walkOn(asked, live, (place) => lookAtPage(asked, live, place, { isDue: false }), isStopped);
  }
  await walkOn(asked, 'access_tokens', (place) => lookAtTokens(asked, place), isStopped);
  for (let pages = 0; pages < mostTrailPages && !isStopped(); pages += 1)
    if (!(await followTrail(asked))) break;
  if (!isStopped()) await completeRun(asked);
  return true;
}

/** Look again at all that is noted, as far as one run goes. */
export async function lookAgainAtAll(asked: Asked): Promise<void> {
  const [clock] = await asked.query<{ now: string }>({
    name: 'control_clock',
    text: 'select curfew_now()::text as now',
  });
  for (const live of ['sessions', 'families'] as const) {
    for (let pages = 0; pages < mostPages; pages += 1)
      if ((await lookAgain(asked, live, clock?.now ?? '')) < pageSize) break;
  }
}

type Step = (place: Place) => Promise<Place | undefined>;

/** Returns where it stands; undefined: at the end. */
async function walk(step: Step, from: Place, isStopped: () => boolean): Promise<Place | undefined> {
  let place: Place | undefined = from;
  for (let pages = 0; place && pages < mostPages && !isStopped(); pages += 1) place = await step(place);
  return place;
}

/** On from where the last run stood; from the beginning again, once all was looked at. */
async function walkOn(asked: Asked, name: string, step: Step, isStopped: () => boolean): Promise<void> {
  const [from] = await asked.query<Place>(
    {
      name: 'control_walk',
      text: 'select after_at::text as at, after_id as id from control_walks where walk = $1',
    },
    [name],
  );
  const place = await walk(step, from ?? beginning, isStopped);
  await asked.query(
    {
      name: 'control_walk_on',
      text: `update control_walks set after_at = $2, after_id = $3,
               walked_at = case when $4 then curfew_now() else walked_at end,
               began_at = case when $4 then curfew_now() else began_at end
             where walk = $1`,
    },
    [name, place?.at ?? beginning.at, place?.id ?? beginning.id, place === undefined],
  );
}

async function beginRun(asked: Asked, period: number): Promise<boolean> {
  const begun = await asked.query(
    {
      name: 'control_begin',
      text: `update control_runs set began_at = curfew_now()
             where began_at <= (select curfew_now()) - make_interval(secs => $1::float8) returning 1`,
    },
    [0.9 * period],
  );
  return begun.length > 0;
}

async function completeRun(asked: Asked): Promise<void> {
  await asked.query({
    name: 'control_complete',
    text: 'update control_runs set completed_at = curfew_now()',
  });
  await asked.query(
    {
      name: 'control_forget',
      text: `delete from control_findings
             where kind = any($1) and seen_at < (select curfew_now()) - interval '${pastFor}'`,
    },
    [pastKinds],
  );
}
