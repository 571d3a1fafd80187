import type { Readable } from 'node:stream';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

export interface CopiedTable {
  name: string;
  columns: string[];
}

/** What a copy of the database holds. */
export interface CopyContents {
  /** The migrations that made its tables, by name. */
  migrations: string[];
  /** The months of the trail that have a table of their own, `YYYY-MM-01`. */
  months: string[];
  tables: CopiedTable[];
}

export interface CopySource {
  contents: CopyContents;
  /** PostgreSQL's text format: a row a line. One table after another, each to its end. */
  rows(table: CopiedTable): Readable;
}

/**
 * Read every table as the database was at one moment, while others go on writing. Only dropping a month of the
 * trail waits until `work` is done.
 */
export async function copyOut<Result>(
  ownerUrl: string,
  work: (source: CopySource) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'curfew backup' });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read, read only');
    await client.query('set local statement_timeout = 0');
    await client.query('set local idle_in_transaction_session_timeout = 0');
    await client.query('lock table audit_events in access share mode');
    const contents = await readContents(client);
    return await work({
      contents,
      rows: ({ name, columns }) =>
        client.query(copyTo(`copy (select ${columns.map(quote).join(', ')} from ${quote(name)}) to stdout`)),
    });
  } finally {
    await client.end();
  }
}

/** The tables of the schema as it stands, without what the migrations keep for themselves. */
export async function readContents(client: Pick<pg.Client, 'query'>): Promise<CopyContents> {
  const { rows: tables } = await client.query<CopiedTable>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not like 'schema\\_migrations%'
     group by c.relname order by c.relname`,
  );
  const { rows: migrations } = await client.query<{ name: string }>(
    'select name from schema_migrations order by name',
  );
  const { rows: months } = await client.query<{ month: string }>(
    `select to_char(to_date(right(c.relname, 7), 'YYYY_MM'), 'YYYY-MM-DD') as month
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'audit_events'::regclass and c.relname ~ '^audit_events_\\d{4}_\\d{2}$' order by 1`,
  );
  return {
    migrations: migrations.map(({ name }) => name),
    months: months.map(({ month }) => month),
    tables,
  };
}

const quote = (name: string): string => pg.escapeIdentifier(name);
