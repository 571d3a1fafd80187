/** Writes what is generated from the schemas: `node --import tsx src/config/generate.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderJsonSchema } from './json_schema.ts';
import { renderKeyTable } from './key_table.ts';

const folder = fileURLToPath(new URL('../../docs/generated/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}configuration.schema.json`, renderJsonSchema());
writeFileSync(`${folder}configuration.md`, renderKeyTable());
