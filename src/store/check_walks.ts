import type { Queryable } from './database.ts';

type Swept = 'families' | 'sessions';

/** The shortest limits that any subject can have, in seconds. */
export interface ShortestLimits {
  idle: number;
  absolute: number;
}

/** The earliest moment at which a row may be over, whatever its policies, by expressions for the two limits. */
const earliestEnd = (idle: string, absolute: string): string =>
  `least(t.started_at + make_interval(secs => ${absolute}), t.last_activity_at + make_interval(secs => ${idle}))`;

const columnOf: Readonly<Record<Swept, string>> = { families: 'family_id', sessions: 'session_id' };
/** Rows that can end. */
const isOpen: Readonly<Record<Swept, string>> = {
  families: 't.ended_at is null',
  sessions: 't.ended_at is null and t.account_id is not null',
};

/**
 * Let the sweepers look at everything open no later than it could be over by these limits: any may have
 * become shorter. Until all is walked, `check_at` may be later than an end; see `listWalks`.
 */
export async function beginCheckWalks(tx: Queryable, { idle, absolute }: ShortestLimits): Promise<void> {
  await tx.query(
    {
      name: 'check_walks_begin',
      text: `insert into check_walks (table_name, after_id, idle, absolute)
             values ('families', '00000000-0000-0000-0000-000000000000', $1, $2), ('sessions', '', $1, $2)
             on conflict (table_name) do update
             set after_id = excluded.after_id, is_new = true, idle = excluded.idle, absolute = excluded.absolute`,
    },
    [idle, absolute],
  );
}

/** The tables that are still walked through: what is over there may have a `check_at` that is yet to come. */
export async function listWalks(db: Queryable): Promise<Swept[]> {
  const rows = await db.query<{ name: Swept }>({
    name: 'check_walks_list',
    text: 'select table_name as name from check_walks order by table_name',
  });
  return rows.map(({ name }) => name);
}

/**
 * What is over already is not left to the walk: lower its `check_at` first, wherever it stands, leaving out
 * what somebody holds. By one instance, once for each walk.
 */
export async function lowerOverdueChecks(db: Queryable, table: Swept): Promise<void> {
  const [walk] = await db.query<ShortestLimits>({
    name: `check_walks_new_${table}`,
    text: `update check_walks set is_new = false where table_name = '${table}' and is_new returning idle, absolute`,
  });
  if (!walk) return;
  const column = columnOf[table];
  for (const ids of await listMaybeOver(db, table, walk)) {
    await db.query(
      {
        name: `check_walks_overdue_${table}`,
        text: `
          with free as materialized (
            select t.${column} as id from ${table} t where t.${column} = any($3) and ${isOpen[table]}
            for no key update skip locked)
          update ${table} t set check_at = least(t.check_at, ${earliestEnd('$1', '$2')}) from free
          where t.${column} = free.id`,
      },
      [walk.idle, walk.absolute, ids],
    );
  }
}

/**
 * Walk on by a page of at most `most` open rows, in the order of their ids, and lower `check_at` where it is
 * too late. Waits for nobody: it stops before a row that somebody holds, and leaves alone what another walks
 * through. Returns whether it came further.
 */
export async function walkChecks(db: Queryable, table: Swept, most: number): Promise<boolean> {
  const column = columnOf[table];
  const type = table === 'families' ? 'uuid' : 'text';
  const earliest = earliestEnd('(select idle from walk)', '(select absolute from walk)');
  const [row] = await db.query<{ isFurther: boolean }>(
    {
      name: `check_walks_${table}`,
      text: `
        with walk as materialized (
          select after_id, idle, absolute from check_walks where table_name = '${table}' for update skip locked),
        page as materialized (
          select t.${column} as id, ${earliest} as earliest, t.check_at > ${earliest} as is_late from ${table} t
          where ${isOpen[table]} and t.${column} > (select after_id::${type} from walk)
          order by t.${column} limit $1),
        free as materialized (
          select t.${column} as id from ${table} t
          where t.${column} = any(array(select id from page where is_late)) for no key update skip locked),
        lowered as (
          update ${table} t set check_at = least(t.check_at, page.earliest) from page
          where t.${column} = page.id and page.id = any(array(select id from free))),
        held as materialized (
          select id from page where is_late and id <> all(array(select id from free)) order by id limit 1),
        last as materialized (
          select id from page where not exists (select from held) or id < (select id from held) order by id desc limit 1),
        is_done as materialized (
          select exists (select from walk) and not exists (select from held) and (select count(*) from page) < $1 as yes),
        moved as (
          update check_walks set after_id = (select id::text from last)
          where table_name = '${table}' and exists (select from last) and not (select yes from is_done)),
        done as (
          delete from check_walks where table_name = '${table}' and (select yes from is_done))
        select exists (select from last) or (select yes from is_done) as "isFurther"`,
    },
    [most],
  );
  return row?.isFurther ?? false;
}

/** How many ids are handed out together. */
const portion = 500;

/**
 * The ids of open rows that may be over, in portions: by `check_at` or, where that may be too late, by the
 * shortest limits.
 */
export async function listMaybeOver(
  tx: Queryable,
  table: Swept,
  shortest: ShortestLimits | undefined,
): Promise<string[][]> {
  const earliest = shortest ? earliestEnd('$1', '$2') : 't.check_at';
  const rows = await tx.query<{ id: string }>(
    {
      name: `maybe_over_${table}_${shortest ? 'by_limits' : 'by_check'}`,
      text: `select t.${columnOf[table]} as id from ${table} t
             where ${isOpen[table]} and ${earliest} <= (select curfew_now())`,
    },
    shortest ? [shortest.idle, shortest.absolute] : [],
  );
  const ids = rows.map(({ id }) => id);
  return Array.from({ length: Math.ceil(ids.length / portion) }, (_, at) =>
    ids.slice(at * portion, (at + 1) * portion),
  );
}
