import type { Queryable } from './database.ts';

export type Swept = 'families' | 'sessions';

/** What the limits of a row depend on. Of sessions, `resources` and `scopes` are empty. */
export interface SweptSubject {
  /** In their order by name. */
  roles: string[];
  clientIds: string[];
  resources: string[];
  scopes: string[];
}

/** In seconds. */
export interface SubjectLimits {
  idle: number;
  absolute: number;
}

/** The limits of every subject there is, and the shortest that any could have: of those that came since. */
export interface SweptLimits {
  shortest: SubjectLimits;
  subjects: (SweptSubject & SubjectLimits)[];
}

interface SweptTable {
  id: string;
  type: string;
  /** Rows that can end. */
  isOpen: string;
  /** The columns of a `SweptSubject` but for its roles. */
  subject: string;
}

const tables: Readonly<Record<Swept, SweptTable>> = {
  families: {
    id: 'family_id',
    type: 'uuid',
    isOpen: 't.ended_at is null',
    subject: 'array[t.client_id] as "clientIds", t.resources, t.scopes',
  },
  sessions: {
    id: 'session_id',
    type: 'text',
    isOpen: 't.ended_at is null and t.account_id is not null',
    subject: `t.client_ids as "clientIds", '{}'::text[] as resources, '{}'::text[] as scopes`,
  },
};

/** Rows `t` with their subject, where all of a table is read. */
const everySubject = (table: Swept): string => `
  select t.${tables[table].id} as id, t.started_at, t.last_activity_at, t.check_at,
    coalesce(held.roles, '{}') as roles, ${tables[table].subject}
  from ${table} t
  left join (select account_id, array_agg(role order by role) as roles from account_roles group by account_id) held
    on held.account_id = t.account_id
  where ${tables[table].isOpen}`;

/** The next page of them, after `after` in the order of their ids. */
const pageOfSubjects = (table: Swept, after: string, most: string): string => `
  select t.${tables[table].id} as id, t.started_at, t.last_activity_at, t.check_at,
    array(select r.role from account_roles r where r.account_id = t.account_id order by r.role) as roles,
    ${tables[table].subject}
  from (
    select t.* from ${table} t where ${tables[table].isOpen} and t.${tables[table].id} > ${after}
    order by t.${tables[table].id} limit ${most}) t`;

/** Rows that `subjects` selects, with the moment at which the limits in `limits` end each at the earliest. */
const earliestEnds = (subjects: string, limits: string): string => `
  select s.id, s.check_at, least(
    s.started_at + make_interval(secs => coalesce(l.absolute, (${limits} -> 'shortest' -> 'absolute')::float8)),
    s.last_activity_at + make_interval(secs => coalesce(l.idle, (${limits} -> 'shortest' -> 'idle')::float8))) as earliest
  from (${subjects}) s
  left join jsonb_to_recordset(${limits} -> 'subjects')
    as l (roles text[], "clientIds" text[], resources text[], scopes text[], idle float8, absolute float8)
    on (l.roles, l."clientIds", l.resources, l.scopes) = (s.roles, s."clientIds", s.resources, s.scopes)`;

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
           on conflict (table_name) do update set after_id = excluded.after_id, limits = null,
             configuration_version = excluded.configuration_version`,
  });
}

/** A table that is still walked through: what is over there may have a `check_at` that is yet to come. */
export interface Walk {
  table: Swept;
  /** The configuration that it was begun for. */
  configurationVersion: number;
  /** Whether somebody has worked out the limits already. */
  hasLimits: boolean;
}

/** Sessions first: who sweeps families holds their sessions, and what is held is not lowered. */
export async function listWalks(db: Queryable): Promise<Walk[]> {
  return await db.query<Walk>({
    name: 'check_walks_list',
    text: `select table_name as table, configuration_version::float8 as "configurationVersion",
             limits is not null as "hasLimits"
           from check_walks order by table_name desc`,
  });
}

/** Every subject that something open has. */
export async function listSweptSubjects(db: Queryable, table: Swept): Promise<SweptSubject[]> {
  return await db.query<SweptSubject>({
    name: `check_walks_subjects_${table}`,
    text: `select distinct s.roles, s."clientIds", s.resources, s.scopes from (${everySubject(table)}) s`,
  });
}

/**
 * What is over already is not left to the walk: lower its `check_at` first, wherever it stands, leaving out
 * what somebody holds. From then on the walk goes by `limits`, those of the configuration that it was begun
 * for. Nothing happens where another has done so, or the walk has begun anew for a newer configuration.
 */
export async function lowerOverdueChecks(
  db: Queryable,
  { table, configurationVersion }: Walk,
  limits: SweptLimits,
): Promise<void> {
  const begun = await db.query(
    {
      name: 'check_walks_limits',
      text: `update check_walks set limits = $3
             where table_name = $1 and configuration_version = $2 and limits is null returning table_name`,
    },
    [table, configurationVersion, JSON.stringify(limits)],
  );
  if (begun.length === 0) return;
  const { id, type, isOpen } = tables[table];
  for (const overdue of await listOverdue(db, table, limits)) {
    await db.query(
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

/**
 * Walk on by a page of at most `most` open rows, in the order of their ids, and lower `check_at` where it is
 * too late. Waits for nobody: it stops before a row that somebody holds, and leaves alone what another walks
 * through. Returns whether it came further.
 */
export async function walkChecks(db: Queryable, table: Swept, most: number): Promise<boolean> {
  const { id, type } = tables[table];
  const page = pageOfSubjects(table, `(select after_id::${type} from walk)`, '$1');
  const [row] = await db.query<{ isFurther: boolean }>(
    {
      name: `check_walks_${table}`,
      text: `
        with walk as materialized (
          select after_id, limits from check_walks
          where table_name = '${table}' and limits is not null for update skip locked),
        page as materialized (
          select e.id, e.earliest, e.check_at > e.earliest as is_late
          from (${earliestEnds(page, '(select limits from walk)')}) e),
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

/** The ids of open rows that are due for a look by their `check_at`, in portions. */
export async function listDue(tx: Queryable, table: Swept): Promise<string[][]> {
  const { id, isOpen } = tables[table];
  const rows = await tx.query<{ id: string }>({
    name: `check_walks_due_${table}`,
    text: `select t.${id} as id from ${table} t where ${isOpen} and t.check_at <= (select curfew_now())`,
  });
  return inPortions(rows.map((row) => row.id));
}

/** The ids of open rows that may be over by `limits`, whatever their `check_at`, in portions. */
export async function listMaybeOver(tx: Queryable, table: Swept, limits: SweptLimits): Promise<string[][]> {
  return (await listOverdue(tx, table, limits)).map((overdue) => overdue.map(({ id }) => id));
}

async function listOverdue(
  db: Queryable,
  table: Swept,
  limits: SweptLimits,
): Promise<{ id: string; earliest: string }[][]> {
  const rows = await db.query<{ id: string; earliest: string }>(
    {
      name: `check_walks_maybe_over_${table}`,
      text: `select e.id, e.earliest::text from (${earliestEnds(everySubject(table), '$1::jsonb')}) e
             where e.earliest <= (select curfew_now())`,
    },
    [JSON.stringify(limits)],
  );
  return inPortions(rows);
}

function inPortions<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / portion) }, (_, at) =>
    rows.slice(at * portion, (at + 1) * portion),
  );
}
