import type { Cluster } from '../support/cluster.ts';

/** Seconds of the idle limit in `configuration.yaml`. */
const idle = 3600;

/** Open families that nobody refreshes, nor is any other copied from. */
const isSpare = (kept: string): string => `f.ended_at is null
  and f.family_id not in (select family_id from refresh_tokens where token_hash = any(${kept}))
  and f.account_id <> (select account_id from accounts where username = 'bench')`;

/**
 * Let all sessions but those of the tokens in `kept` meet their idle limit, with the families bound to
 * them: spread evenly over `overSeconds`, from `afterSeconds` on. As the sweeper leaves them, that knows when.
 * Returns the seconds that are left until the first; throws where this itself took longer.
 */
export async function letSessionsEnd(
  cluster: Cluster,
  kept: readonly Buffer[],
  { afterSeconds, overSeconds }: { afterSeconds: number; overSeconds: number },
): Promise<number> {
  await cluster.asOwner(
    `create table due as
       select f.session_id, curfew_now() + make_interval(secs => $2 + $3 * random()) as ends_at
       from families f where ${isSpare('$1')}`,
    [kept, afterSeconds, overSeconds],
  );
  for (const table of ['families', 'sessions']) {
    await cluster.asOwner(
      `update ${table} t set check_at = d.ends_at, last_activity_at = d.ends_at - make_interval(secs => ${idle}),
         started_at = d.ends_at - make_interval(secs => ${idle} + 60)
       from due d where d.session_id = t.session_id`,
    );
  }
  await cluster.asOwner('alter table due add primary key (session_id)');
  await cluster.asOwner('vacuum analyze');
  const [first] = await cluster.asOwner<{ seconds: number }>(
    'select extract(epoch from min(ends_at) - curfew_now())::float8 as seconds from due',
  );
  if (!first || first.seconds <= 0) throw new Error('The first limits passed before all was prepared.');
  return first.seconds;
}

/**
 * Let `count` sessions have been idle for half the limit, halve the limit, and return the seconds until the
 * last of them has ended. The limit is the old one afterwards.
 */
export async function measureShortened(
  cluster: Cluster,
  count: number,
  kept: readonly Buffer[],
  apply: (minutes: number) => Promise<void>,
): Promise<number> {
  const [picked] = await cluster.asOwner<{ ids: string[] }>(
    `select array(select f.session_id from families f where ${isSpare('$2')} limit $1) as ids`,
    [count, kept],
  );
  const ids = picked?.ids ?? [];
  if (ids.length < count) throw new Error(`There are only ${ids.length} sessions.`);
  for (const table of ['families', 'sessions']) {
    await cluster.asOwner(
      `update ${table} set last_activity_at = curfew_now() - make_interval(secs => ${idle / 2}),
         started_at = curfew_now() - make_interval(secs => ${idle / 2} + 60) where session_id = any($1)`,
      [ids],
    );
  }
  const from = performance.now();
  await apply(idle / 120);
  for (;;) {
    const [row] = await cluster.asOwner<{ open: number }>(
      'select count(*)::int as open from sessions where session_id = any($1) and ended_at is null',
      [ids],
    );
    if (row?.open === 0) break;
    if (performance.now() - from > 120_000) throw new Error(`${row?.open} sessions do not end.`);
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  const seconds = (performance.now() - from) / 1000;
  await apply(idle / 60);
  return seconds;
}

export interface EndedSessions {
  sessions: number;
  families: number;
  /** Sessions with more than one event. */
  twice: number;
  /** Seconds from the limit to the moment it was noticed, ascending. */
  late: number[];
}

/** What the trail says of the sessions that were to end. */
export async function readEnded(cluster: Cluster): Promise<EndedSessions> {
  const rows = await cluster.asOwner<{ late: number; events: number; families: number }>(
    `select min((e.detail ->> 'found_late_seconds')::float8) filter (where e.name = 'session.ended') as late,
       count(*) filter (where e.name = 'session.ended')::int as events,
       count(*) filter (where e.name = 'family.ended')::int as families
     from due d join audit_events e using (session_id) where e.name in ('session.ended', 'family.ended')
     group by d.session_id`,
  );
  const ended = rows.filter(({ events }) => events > 0);
  return {
    sessions: ended.length,
    families: rows.reduce((sum, { families }) => sum + families, 0),
    twice: ended.filter(({ events }) => events > 1).length,
    late: ended.map(({ late }) => late).toSorted((a, b) => a - b),
  };
}
