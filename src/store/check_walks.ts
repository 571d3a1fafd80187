import type { SweptLimits } from '../domain/swept_limits.ts';
import type { Queryable } from './database.ts';

export type Swept = 'families' | 'sessions';

interface SweptTable {
  id: string;
  type: string;
  /** An id before all others. */
  least: string;
  /** Rows that can end. */
  isOpen: string;
  /** What is looked at of a row. */
  columns: string;
  /** The limits that its names bring, but for its roles: rows of `pair`. */
  pairs(limits: string): string;
}

/** The limits of a list of names, each as `pair`. */
const pairsOf = (section: keyof SweptLimits, list: string, limits: string): string =>
  `select ${limits}::jsonb #> array['${section}', name] as pair from unnest(${list}) name`;

const tables: Readonly<Record<Swept, SweptTable>> = {
  families: {
    id: 'family_id',
    type: 'uuid',
    least: '00000000-0000-0000-0000-000000000000',
    isOpen: 't.ended_at is null',
    columns: `t.family_id as id, t.account_id, t.started_at, t.last_activity_at, t.check_at, t.client_id, t.resources, t.scopes`,
    pairs: (limits) => `select ${limits}::jsonb #> array['clients', t.client_id] as pair
      union all ${pairsOf('resources', 't.resources', limits)} union all ${pairsOf('scopes', 't.scopes', limits)}`,
  },
  sessions: {
    id: 'session_id',
    type: 'text',
    least: '',
    isOpen: 't.ended_at is null and t.account_id is not null',
    columns: `t.session_id as id, t.account_id, t.started_at, t.last_activity_at, t.check_at, t.client_ids`,
    pairs: (limits) => pairsOf('clients', 't.client_ids', limits),
  },
};

/** Of `rows`, by the `columns` of their table, the moment at which `limits`, a parameter, end each at the earliest. */
const earliestEnds = (table: Swept, rows: string, limits: string): string => `
  select t.id, t.account_id, t.check_at, least(
    t.started_at + make_interval(secs => coalesce(own.absolute, (${limits}::jsonb #>> '{fallback,1}')::float8)),
    t.last_activity_at + make_interval(secs => coalesce(own.idle, (${limits}::jsonb #>> '{fallback,0}')::float8))) as earliest
  from (${rows}) t cross join lateral (
    select min((pair ->> 0)::float8) as idle, min((pair ->> 1)::float8) as absolute from (
      select ${limits}::jsonb #> array['roles', r.role] as pair from account_roles r where r.account_id = t.account_id
      union all ${tables[table].pairs(limits)}) named) own`;

/**
 * Let the sweepers look at everything open no later than it could be over by the configuration that is in
 * force from now on: any limit may have become shorter. Until all is walked, `check_at` may be later than an
 * end; see `listWalks`.
 */
export async function beginCheckWalks(tx: Queryable): Promise<void> {
  await tx.query({
    name: 'check_walks_begin',
    text: `insert into check_walks (table_name, after_id, configuration_version)
           select table_name, after_id, version from configuration_state,
             (values ('families', '00000000-0000-0000-0000-000000000000'), ('sessions', '')) as w (table_name, after_id)
           on conflict (table_name) do update set after_id = excluded.after_id, overdue_first = false,
             configuration_version = excluded.configuration_version`,
  });
}

/** A table that is still walked through: what is over there may have a `check_at` that is yet to come. */
export interface Walk {
  table: Swept;
  /** The configuration that it was begun for. */
  configurationVersion: number;
  /** Whether what was over when it began is in line already, or left to it. */
  overdueFirst: boolean;
}

/** Sessions first: who sweeps families holds their sessions, and what is held is not lowered. */
export async function listWalks(db: Queryable): Promise<Walk[]> {
  return await db.query<Walk>({
    name: 'check_walks_list',
    text: `select table_name as table, configuration_version::float8 as "configurationVersion",
             overdue_first as "overdueFirst"
           from check_walks order by table_name desc`,
  });
}

/** Whether all was walked through: whatever is over now has a `check_at` that has come. */
export async function isWalked(db: Queryable): Promise<boolean> {
  return (await listWalks(db)).length === 0;
}

/** Whether the caller's transaction is the one, of all instances, that puts in line what is over already. */
export async function claimOverdue(
  tx: Queryable,
  { table, configurationVersion }: Pick<Walk, 'table' | 'configurationVersion'>,
): Promise<boolean> {
  const [row] = await tx.query<{ claimed: boolean }>(
    {
      name: 'check_walks_claim',
      text: `select case when pg_try_advisory_xact_lock(hashtextextended('check_walks.' || $1, 0)) then exists (
               select from check_walks
               where table_name = $1 and configuration_version = $2 and not overdue_first) else false end as claimed`,
    },
    [table, configurationVersion],
  );
  return row?.claimed ?? false;
}

/**
 * What is over already is not left to the walk: lower its `check_at` first, wherever it stands, leaving out
 * what somebody holds. In the transaction that claimed it.
 */
export async function lowerOverdueChecks(
  tx: Queryable,
  { table }: Pick<Walk, 'table'>,
  limits: SweptLimits,
): Promise<void> {
  const { id, type, isOpen } = tables[table];
  for await (const overdue of listOverdue(tx, table, limits)) {
    await tx.query(
      {
        name: `check_walks_overdue_${table}`,
        text: `
          with free as materialized (
            select t.${id} as id, o.earliest from ${table} t
            join unnest($1::${type}[], $2::timestamptz[]) as o (id, earliest) on o.id = t.${id}
            where ${isOpen} for no key update of t skip locked)
          update ${table} t set check_at = least(t.check_at, free.earliest) from free where t.${id} = free.id`,
      },
      [overdue.map((one) => one.id), overdue.map((one) => one.earliest)],
    );
  }
}

/** Let the walk begin: what was over is in line, or is left to it. */
export async function beginWalking(
  tx: Queryable,
  { table, configurationVersion }: Pick<Walk, 'table' | 'configurationVersion'>,
): Promise<void> {
  await tx.query(
    {
      name: 'check_walks_overdue_done',
      text: `update check_walks set overdue_first = true where table_name = $1 and configuration_version = $2`,
    },
    [table, configurationVersion],
  );
}

/**
 * Walk on by a page of at most `most` open rows, in the order of their ids, and lower `check_at` where it is
 * too late by the rules in force. Waits for nobody: it stops before a row that somebody
 * holds, and leaves alone what another walks through. Returns whether it came further.
 */
export async function walkChecks(
  tx: Queryable,
  table: Swept,
  most: number,
  limits: SweptLimits,
): Promise<boolean> {
  const { id, type, isOpen, columns } = tables[table];
  const [walk] = await tx.query<{ afterId: string }>(
    {
      name: 'check_walks_take',
      text: `select after_id as "afterId" from check_walks
             where table_name = $1 and overdue_first for update skip locked`,
    },
    [table],
  );
  if (!walk) return false;
  const page = `select ${columns} from ${table} t
    where ${isOpen} and t.${id} > $1::${type} order by t.${id} limit $2`;
  const [row] = await tx.query<{ isFurther: boolean }>(
    {
      name: `check_walks_${table}`,
      text: `
        with page as materialized (
          select e.id, e.earliest, e.check_at > e.earliest as is_late from (${earliestEnds(table, page, '$3')}) e),
        free as materialized (
          select t.${id} as id from ${table} t
          where t.${id} = any(array(select id from page where is_late)) for no key update skip locked),
        lowered as (
          update ${table} t set check_at = least(t.check_at, page.earliest) from page
          where t.${id} = page.id and page.id = any(array(select id from free))),
        held as materialized (
          select id from page where is_late and id <> all(array(select id from free)) order by id limit 1),
        last as materialized (
          select id from page where not exists (select from held) or id < (select id from held) order by id desc limit 1),
        is_done as materialized (
          select not exists (select from held) and (select count(*) from page) < $2 as yes),
        moved as (
          update check_walks set after_id = (select id::text from last)
          where table_name = '${table}' and exists (select from last) and not (select yes from is_done)),
        done as (
          delete from check_walks where table_name = '${table}' and (select yes from is_done))
        select exists (select from last) or (select yes from is_done) as "isFurther"`,
    },
    [walk.afterId, most, JSON.stringify(limits)],
  );
  return row?.isFurther ?? false;
}

/** How many ids are handed out together. */
const portion = 500;

/** The ids of open rows that are due for a look by their `check_at`, in portions. */
export async function listDue(tx: Queryable, table: Swept): Promise<string[][]> {
  const { id, isOpen } = tables[table];
  const rows = await tx.query<{ id: string }>({
    name: `check_walks_due_${table}`,
    text: `select t.${id} as id from ${table} t where ${isOpen} and t.check_at <= (select curfew_now())`,
  });
  return inPortions(rows.map((row) => row.id));
}

/** So many open rows are looked at in one statement. */
const overduePage = 5000;

interface OverduePage {
  read: number;
  afterAccount: string | null;
  afterId: string | null;
  ids: string[];
  earliest: string[];
}

/**
 * Open rows that may be over by `limits`, whatever their `check_at`, in portions, with the moment of their end: a bound
 * family may end earlier, with its session, and one with a lease later. Walks through all that is open, in the order of
 * accounts: no statement takes longer the more there is.
 */
export async function* listOverdue(
  db: Queryable,
  table: Swept,
  limits: SweptLimits,
): AsyncGenerator<{ id: string; earliest: string }[], void, void> {
  const { id, type, isOpen, columns, least } = tables[table];
  const statement = {
    name: `check_walks_over_${table}`,
    text: `
      with page as materialized (
        select ${columns} from ${table} t where ${isOpen} and (t.account_id, t.${id}) > ($2, $3::${type})
        order by t.account_id, t.${id} limit $4),
      last as (select account_id, id from page order by account_id desc, id desc limit 1),
      overdue as materialized (
        select e.id, e.earliest from (${earliestEnds(
          table,
          `select * from page p where p.last_activity_at <= (select curfew_now()) - make_interval(secs => $5)
             or p.started_at <= (select curfew_now()) - make_interval(secs => $6)`,
          '$1',
        )}) e where e.earliest <= (select curfew_now()))
      select (select count(*)::integer from page) as read, (select account_id from last) as "afterAccount",
        (select id::text from last) as "afterId", array(select id::text from overdue order by id) as ids,
        array(select earliest::text from overdue order by id) as earliest`,
  };
  const [idle, absolute] = shortestOf(limits);
  for (let after: [string, string] = ['', least]; ; ) {
    const values = [JSON.stringify(limits), ...after, overduePage, idle, absolute];
    const [page]: OverduePage[] = await db.query<OverduePage>(statement, values);
    if (!page) return;
    const { ids, earliest, read, afterAccount, afterId } = page;
    yield* inPortions(ids.map((one, at) => ({ id: one, earliest: earliest[at] ?? '' })));
    if (read < overduePage || afterAccount === null || afterId === null) return;
    after = [afterAccount, afterId];
  }
}

/** What is younger than that is not over by any limits. */
function shortestOf({ fallback, roles, clients, resources, scopes }: SweptLimits): [number, number] {
  const shortest: [number, number] = [...fallback];
  for (const pairs of [roles, clients, resources, scopes]) {
    for (const [idle, absolute] of Object.values(pairs)) {
      shortest[0] = Math.min(shortest[0], idle ?? Infinity);
      shortest[1] = Math.min(shortest[1], absolute ?? Infinity);
    }
  }
  return shortest;
}

function inPortions<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / portion) }, (_, at) =>
    rows.slice(at * portion, (at + 1) * portion),
  );
}
