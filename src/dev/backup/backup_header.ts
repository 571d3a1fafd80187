import { z } from 'zod';

/** The first line of a backup, as JSON. */
export const backupHeader = z.object({
  format: z.literal('curfew backup'),
  /** Of the format. */
  version: z.literal(1),
  /** ISO 8601, by the clock of the machine that made it. */
  madeAt: z.iso.datetime(),
  migrations: z.array(z.string()).min(1),
  months: z.array(z.iso.date()),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
});
export type BackupHeader = z.infer<typeof backupHeader>;

/** The last line: how many rows each table has, in the order of the header. */
export const backupTrailer = z.object({ rows: z.array(z.number()) });

/** What follows the rows of a table, as in PostgreSQL's own text format: no row looks like it. */
export const endOfRows = '\\.\n';
