import pg from 'pg';
import { ownerRole } from '../../src/dev/prepare_database.ts';
import { asAdmin } from './database.ts';
import type { TestDatabase } from './database.ts';

/** Give the owner of the tables the schema too, as in every database that is not a clone. */
export async function giveSchemaToOwner({ name }: TestDatabase): Promise<void> {
  await asAdmin(`alter database ${name} owner to ${ownerRole}`);
}

/** Run statements as the owner of the tables. */
export async function asOwner(ownerUrl: string, text: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query(text);
  } finally {
    await owner.end();
  }
}
