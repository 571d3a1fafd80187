import pg from 'pg';

/** Every row of every table as text, binary columns in hex: what a dump of the database would show. */
export async function dumpRows(ownerUrl: string): Promise<string> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const { rows: tables } = await owner.query<{ name: string }>(
      `select quote_ident(relname) as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'm') order by relname`,
    );
    if (tables.length === 0) return '';
    const all = tables.map(
      ({ name }) => `select '${name.replaceAll("'", "''")} ' || t::text as line from ${name} t`,
    );
    const { rows } = await owner.query<{ line: string }>(all.join(' union all '));
    return rows.map(({ line }) => line).join('\n');
  } finally {
    await owner.end();
  }
}
