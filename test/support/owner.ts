import pg from 'pg';
import { ownerRole } from '../../src/dev/prepare_database.ts';
import { asAdmin } from './database.ts';
import type { TestDatabase } from './database.ts';

/** Give the owner of the tables the schema too, as in every database that is not a clone. */
export async function giveSchemaToOwner({ name }: TestDatabase): Promise<void> {
  await asAdmin(`alter database ${name} owner to ${ownerRole}`);
}

/** Run statements as the owner of the tables: several, or one with values. */
export async function asOwner<Row extends object>(
  ownerUrl: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    return (await owner.query<Row>(text, values)).rows;
  } finally {
    await owner.end();
  }
}
