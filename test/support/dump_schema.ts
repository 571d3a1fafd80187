import pg from 'pg';

/** Made by migrations/0004 as the months go by: what they are called depends on the day. */
const monthPartition = /^audit_events_\d{4}_\d{2}$/;
/** The migration tool's own tables, which no migration makes. */
const toolTable = /^schema_migrations/;
const serverRole = 'curfew_server';

/** Tables, partitioned tables, their indexes, and what holds long values. */
const knownKinds = new Set(['r', 'p', 'i', 'I', 't']);

interface Relation {
  oid: number;
  name: string;
  kind: string;
  partitionKey: string | null;
  partitionBound: string | null;
  options: string[] | null;
}

/**
 * The schema `public` as text to read and compare: tables, constraints, indexes, triggers, functions, and what the
 * server's role may do. Month partitions are left out. Throws when it meets something it cannot describe.
 */
export async function dumpSchema(ownerUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    // Both show in expressions.
    await client.query(`set local timezone = 'UTC'; set local search_path = public`);
    await refuseUnknown(client);
    const tables = await listTables(client);
    const parts: string[] = [];
    for (const table of tables) parts.push(await describeTable(client, table));
    parts.push(...(await describeFunctions(client)));
    parts.push((await describeGrants(client)).join('\n'));
    return `${parts.join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}

/** A kind of object that this file does not describe must not go unnoticed. */
async function refuseUnknown(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; kind: string }>(
    `select relname as name, relkind::text as kind from pg_class where relnamespace = 'public'::regnamespace
     union all select typname, 'type ' || typtype::text from pg_type
       where typnamespace = 'public'::regnamespace and typtype in ('e', 'd', 'r')
     union all select polname, 'policy' from pg_policy
     union all select extname, 'extension' from pg_extension where extname <> 'plpgsql'`,
  );
  const unknown = rows.filter(({ name, kind }) => !knownKinds.has(kind) && !toolTable.test(name));
  if (unknown.length === 0) return;
  const named = unknown.map(({ name, kind }) => `${name} (${kind})`).join(', ');
  throw new Error(`test/support/dump_schema.ts cannot describe: ${named}`);
}

async function listTables(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `select c.oid::int, c.relname as name, c.relkind as kind, pg_get_partkeydef(c.oid) as "partitionKey",
       pg_get_expr(c.relpartbound, c.oid) as "partitionBound", c.reloptions as options
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname collate "C"`,
  );
  return rows.filter(({ name }) => !monthPartition.test(name) && !toolTable.test(name));
}

async function describeTable(client: pg.Client, table: Relation): Promise<string> {
  if (table.partitionBound !== null) {
    return `create table ${table.name} partition of ${await findParent(client, table)} ${table.partitionBound};`;
  }
  const lines = [...(await listColumns(client, table)), ...(await listConstraints(client, table))];
  const partitioned = table.partitionKey === null ? '' : ` partition by ${table.partitionKey}`;
  const stored = table.options === null ? '' : ` with (${table.options.join(', ')})`;
  const body = lines.map((line) => `  ${line}`).join(',\n');
  const after = [...(await listIndexes(client, table)), ...(await listTriggers(client, table))];
  return [`create table ${table.name} (\n${body}\n)${partitioned}${stored};`, ...after].join('\n');
}

async function findParent(client: pg.Client, { oid }: Relation): Promise<string> {
  return await readText(
    client,
    'select inhparent::regclass::text as line from pg_inherits where inhrelid = $1',
    oid,
  );
}

async function listColumns(client: pg.Client, { oid }: Relation): Promise<string[]> {
  return await readLines(
    client,
    `select format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
         || case when a.attnotnull then ' not null' else '' end
         || case a.attidentity when '' then '' else ' generated ' || a.attidentity::text || ' as identity' end
         || case when d.adbin is null then ''
                 when a.attgenerated <> '' then format(' generated always as (%s)', pg_get_expr(d.adbin, d.adrelid))
                 else format(' default %s', pg_get_expr(d.adbin, d.adrelid)) end as line
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    oid,
  );
}

/** Not-null constraints stand with their columns, those that are triggers with the triggers. */
async function listConstraints(client: pg.Client, { oid }: Relation): Promise<string[]> {
  return await readLines(
    client,
    `select format('constraint %I %s', conname, pg_get_constraintdef(oid)) as line
     from pg_constraint where conrelid = $1 and contype not in ('n', 't')
     order by array_position(array['p', 'u', 'f', 'c'], contype::text), conname collate "C"`,
    oid,
  );
}

/** Those that no constraint made. */
async function listIndexes(client: pg.Client, { oid }: Relation): Promise<string[]> {
  return await readLines(
    client,
    `select pg_get_indexdef(i.indexrelid) || ';' as line from pg_index i
     where i.indrelid = $1 and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
     order by i.indexrelid::regclass::text collate "C"`,
    oid,
  );
}

async function listTriggers(client: pg.Client, { oid }: Relation): Promise<string[]> {
  return await readLines(
    client,
    `select pg_get_triggerdef(oid) || ';' as line from pg_trigger
     where tgrelid = $1 and not tgisinternal order by tgname collate "C"`,
    oid,
  );
}

async function describeFunctions(client: pg.Client): Promise<string[]> {
  const definitions = await readLines(
    client,
    `select pg_get_functiondef(oid) as line from pg_proc where pronamespace = 'public'::regnamespace
     order by oid::regprocedure::text collate "C"`,
  );
  return definitions.map((definition) => `${definition.trimEnd()};`);
}

/** What the server's role may do; of functions, that it may, and that not everybody may. */
async function describeGrants(client: pg.Client): Promise<string[]> {
  const grants = await readLines(
    client,
    `select format('grant %s on %s to %s;', string_agg(lower(privilege_type), ', ' order by privilege_type),
                   what, ${literal(serverRole)}) as line
     from (
       select 'schema ' || n.nspname as what, a.grantee, a.privilege_type, 0 as place
         from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = 'public'
       union all select c.relname, a.grantee, a.privilege_type, 1
         from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace
       union all select format('%s (%I)', c.relname, t.attname), a.grantee, a.privilege_type, 1
         from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
         where c.relnamespace = 'public'::regnamespace
       union all select 'function ' || p.oid::regprocedure, a.grantee, a.privilege_type, 2
         from pg_proc p, aclexplode(p.proacl) a where p.pronamespace = 'public'::regnamespace
     ) granted
     where grantee = ${literal(serverRole)}::regrole
     group by place, what order by place, what collate "C"`,
  );
  const kept = await readLines(
    client,
    `select format('revoke execute on function %s from public;', p.oid::regprocedure) as line
     from pg_proc p where p.pronamespace = 'public'::regnamespace
       and not exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
     order by 1`,
  );
  return [...kept, ...grants.filter((line) => !/ on schema_migrations/.test(line))];
}

async function readLines(client: pg.Client, text: string, ...values: unknown[]): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(text, values);
  return rows.map(({ line }) => line);
}

async function readText(client: pg.Client, text: string, ...values: unknown[]): Promise<string> {
  const [line] = await readLines(client, text, ...values);
  if (line === undefined) throw new Error(`Nothing found by: ${text}`);
  return line;
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
