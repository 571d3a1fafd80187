import type { Queryable } from './database.ts';

/** The database as the connected role meets it. */
export interface RoleFacts {
  /** As `server_version_num`: 180001. */
  versionNumber: number;
  role: string;
  /** Member of `curfew_server`. */
  isServer: boolean;
  isSuperuser: boolean;
  ownsTables: boolean;
  /** Events can only be added by a server: never changed, or removed one by one. */
  mayRewriteTrail: boolean;
  /** What a server has no use for, in PostgreSQL's words, such as `createrole`. */
  attributes: string[];
}

/** Whether the role has what a server needs, and no more. Answers without a schema too. */
export async function readRoleFacts(db: Queryable): Promise<RoleFacts> {
  const [row] = await db.query<RoleFacts>({
    name: 'role_facts',
    text: `
      select current_setting('server_version_num')::int as "versionNumber", r.rolname as role,
        exists (select from pg_roles g where g.rolname = 'curfew_server' and pg_has_role(r.oid, g.oid, 'member')) as "isServer",
        r.rolsuper as "isSuperuser",
        coalesce(pg_has_role(r.oid, t.relowner, 'usage'), false) as "ownsTables",
        coalesce(has_table_privilege(r.oid, t.oid, 'update, delete, truncate'), false) as "mayRewriteTrail",
        array_remove(array[
          case when r.rolcreaterole then 'createrole' end, case when r.rolcreatedb then 'createdb' end,
          case when r.rolreplication then 'replication' end, case when r.rolbypassrls then 'bypassrls' end], null) as attributes
      from pg_roles r left join pg_class t on t.oid = to_regclass('audit_events')
      where r.rolname = current_user`,
  });
  if (!row) throw new Error('The connected role is not listed.');
  return row;
}
