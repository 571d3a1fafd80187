import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Problem } from '../domain/problems.ts';
import { readContents } from './copy_out.ts';
import type { CopiedTable, CopyContents } from './copy_out.ts';

/**
 * Put the rows of a copy in the place of whatever the tables hold, all or none of them. The schema is that of the
 * copy's migrations, and the role a superuser's, since the rows come as they are, past triggers and references.
 * `rowsOf` is asked for one table after another, in the order of the contents. Throws Problem `backup_unfit`.
 */
export async function copyIn(
  superuserUrl: string,
  contents: CopyContents,
  rowsOf: (table: CopiedTable) => AsyncIterable<Buffer>,
): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl, application_name: 'curfew restore' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    const { tables } = await readContents(client);
    if (!isDeepStrictEqual(tables, contents.tables))
      throw new Problem('backup_unfit', 'The tables of the backup are not those that its migrations make.');
    await client.query(`truncate ${tables.map(({ name }) => pg.escapeIdentifier(name)).join(', ')}`);
    for (const month of contents.months)
      await client.query('select audit_partition_ensure($1::date::timestamp at time zone $2)', [
        month,
        'UTC',
      ]);
    for (const table of tables) await copyTable(client, table, rowsOf(table));
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

async function copyTable(
  client: pg.Client,
  { name, columns }: CopiedTable,
  rows: AsyncIterable<Buffer>,
): Promise<void> {
  const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  const target = client.query(copyFrom(`copy ${pg.escapeIdentifier(name)} (${list}) from stdin`));
  await pipeline(Readable.from(rows, { objectMode: false }), target);
}
