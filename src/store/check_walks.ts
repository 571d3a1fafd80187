import type { Queryable } from './database.ts';

export type Swept = 'families' | 'sessions';

/**
 * What the limits of a row depend on: names that bring a policy, and no others, so that however many there are
 * few subjects differ. Each list is in the order of its names; of sessions, `resources` and `scopes` are empty.
 */
export interface SweptSubject {
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

/** The limits of subjects, and the shortest that any could have: of those that are not among them. */
export interface SweptLimits {
  shortest: SubjectLimits;
  subjects: (SweptSubject & SubjectLimits)[];
}

/** What a walk has to know of the configuration in force. */
export interface WalkRules {
  /** What brings a policy: `role:`, `client:`, `resource:` or `scope:`, and its name. */
  binding: readonly string[];
  limitsOf(subjects: readonly SweptSubject[]): SweptLimits;
}

interface SweptTable {
  id: string;
  type: string;
  /** Rows that can end. */
  isOpen: string;
  /** The columns of a `SweptSubject` but for its roles; `binding` is a parameter. */
  subject(binding: string): string;
}

/** Those of a list that bring a policy. */
const bound = (kind: string, list: string, binding: string): string =>
  `array(select name from unnest(${list}) name where '${kind}:' || name = any(${binding}::text[]) order by name)`;

const tables: Readonly<Record<Swept, SweptTable>> = {
  families: {
    id: 'family_id',
    type: 'uuid',
    isOpen: 't.ended_at is null',
    subject: (binding) => `${bound('client', 'array[t.client_id]', binding)} as "clientIds",
      ${bound('resource', 't.resources', binding)} as resources, ${bound('scope', 't.scopes', binding)} as scopes`,
  },
  sessions: {
    id: 'session_id',
    type: 'text',
    isOpen: 't.ended_at is null and t.account_id is not null',
    subject: (binding) => `${bound('client', 't.client_ids', binding)} as "clientIds",
      '{}'::text[] as resources, '{}'::text[] as scopes`,
  },
};

/** Rows that the shortest limits may have ended, in seconds by the parameters named, with their subject: `rows`. */
const maybeOver = (table: Swept, idle: string, absolute: string, binding: string): string => `
  candidates as materialized (
    select t.* from ${table} t
    where ${tables[table].isOpen} and (
      t.last_activity_at <= (select curfew_now()) - make_interval(secs => ${idle})
      or t.started_at <= (select curfew_now()) - make_interval(secs => ${absolute}))),
  held as materialized (
    select account_id, array_agg(role order by role) as roles from account_roles
    where account_id in (select account_id from candidates) and 'role:' || role = any(${binding}::text[])
    group by account_id),
  rows as (
    select t.${tables[table].id} as id, t.started_at, t.last_activity_at, t.check_at,
      coalesce(held.roles, '{}') as roles, ${tables[table].subject(binding)}
    from candidates t left join held on held.account_id = t.account_id)`;

/** The next page of all open rows after `after`, in the order of their ids, likewise. */
const nextPage = (table: Swept, after: string, most: string, binding: string): string => `
  rows as (
    select t.${tables[table].id} as id, t.started_at, t.last_activity_at, t.check_at,
      array(select r.role from account_roles r where r.account_id = t.account_id
        and 'role:' || r.role = any(${binding}::text[]) order by r.role) as roles,
      ${tables[table].subject(binding)}
    from (
      select t.* from ${table} t where ${tables[table].isOpen} and t.${tables[table].id} > ${after}
      order by t.${tables[table].id} limit ${most}) t)`;

/** Every subject that one of `rows` has. */
const subjectsOfRows = 'select distinct roles, "clientIds", resources, scopes from rows';

/** `rows`, with the moment at which the limits of `limits`, a parameter, end each at the earliest. */
const earliestEnds = (limits: string): string => `
  select s.id, s.check_at, least(
    s.started_at + make_interval(secs => coalesce(l.absolute, (${limits}::jsonb -> 'shortest' -> 'absolute')::float8)),
    s.last_activity_at + make_interval(secs => coalesce(l.idle, (${limits}::jsonb -> 'shortest' -> 'idle')::float8))) as earliest
  from rows s
  left join jsonb_to_recordset(${limits}::jsonb -> 'subjects')
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
  binding: readonly string[],
): Promise<void> {
  const { id, type, isOpen } = tables[table];
  for (const overdue of await listOverdue(tx, table, limits, binding)) {
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
  { binding, limitsOf }: WalkRules,
): Promise<boolean> {
  const { id, type } = tables[table];
  const [walk] = await tx.query<{ afterId: string }>(
    {
      name: 'check_walks_take',
      text: `select after_id as "afterId" from check_walks
             where table_name = $1 and overdue_first for update skip locked`,
    },
    [table],
  );
  if (!walk) return false;
  const page = nextPage(table, `$1::${type}`, '$2', '$3');
  const subjects = await tx.query<SweptSubject>(
    { name: `check_walks_page_subjects_${table}`, text: `with ${page} ${subjectsOfRows}` },
    [walk.afterId, most, binding],
  );
  const [row] = await tx.query<{ isFurther: boolean }>(
    {
      name: `check_walks_${table}`,
      text: `
        with ${page},
        page as materialized (
          select e.id, e.earliest, e.check_at > e.earliest as is_late from (${earliestEnds('$4')}) e),
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
    [walk.afterId, most, binding, JSON.stringify(limitsOf(subjects))],
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

/** Every subject of an open row that limits as short as `shortest` have ended. */
export async function listOverdueSubjects(
  db: Queryable,
  table: Swept,
  shortest: SubjectLimits,
  binding: readonly string[],
): Promise<SweptSubject[]> {
  return await db.query<SweptSubject>(
    {
      name: `check_walks_subjects_${table}`,
      text: `with ${maybeOver(table, '$1', '$2', '$3')} ${subjectsOfRows}`,
    },
    [shortest.idle, shortest.absolute, binding],
  );
}

/** The ids of open rows that may be over by `limits`, whatever their `check_at`, in portions. */
export async function listMaybeOver(
  tx: Queryable,
  table: Swept,
  limits: SweptLimits,
  binding: readonly string[],
): Promise<string[][]> {
  return (await listOverdue(tx, table, limits, binding)).map((overdue) => overdue.map(({ id }) => id));
}

async function listOverdue(
  db: Queryable,
  table: Swept,
  limits: SweptLimits,
  binding: readonly string[],
): Promise<{ id: string; earliest: string }[][]> {
  const rows = await db.query<{ id: string; earliest: string }>(
    {
      name: `check_walks_maybe_over_${table}`,
      text: `with ${maybeOver(table, '$2', '$3', '$4')}
             select e.id, e.earliest::text from (${earliestEnds('$1')}) e where e.earliest <= (select curfew_now())`,
    },
    [JSON.stringify(limits), limits.shortest.idle, limits.shortest.absolute, binding],
  );
  return inPortions(rows);
}

function inPortions<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / portion) }, (_, at) =>
    rows.slice(at * portion, (at + 1) * portion),
  );
}
