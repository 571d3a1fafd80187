import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startEmbeddedPostgres } from '../../src/dev/embedded_postgres.ts';
import { ownerRole, prepareDatabase } from '../../src/dev/prepare_database.ts';
import { dumpSchema } from './dump_schema.ts';

export const schemaFile = fileURLToPath(new URL('../../migrations/schema.sql', import.meta.url));
export const writeSchemaCommand = 'node --import tsx test/support/write_schema.ts';

const heading = `-- What the migrations add up to: to read and to compare, never to run.
-- Made by: ${writeSchemaCommand}
`;

/** The text of migrations/schema.sql for a database that has been migrated. */
export async function buildSchemaFile(ownerUrl: string): Promise<string> {
  return `${heading}\n${await dumpSchema(ownerUrl)}`;
}

/** Migrate an empty cluster of its own and write what came of it. */
async function writeSchema(): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), 'curfew-schema-'));
  try {
    const postgres = await startEmbeddedPostgres({ dataDirectory: directory, durable: false });
    try {
      await prepareDatabase(postgres, 'schema');
      await writeFile(schemaFile, await buildSchemaFile(postgres.connectionUrl(ownerRole, 'schema')));
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeSchema();
