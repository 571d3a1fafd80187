/** Writes what is generated from the catalogue: `node --import tsx src/events/generate.ts`. */
import { writeFileSync } from 'node:fs';
import { renderEventTable } from './event_table.ts';

writeFileSync(new URL('../../docs/generated/events.md', import.meta.url), renderEventTable());
