import { link, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Problem } from '../../domain/problems.ts';
import { copyOut } from '../../store/copy_out.ts';
import type { CopySource } from '../../store/copy_out.ts';
import { endOfRows } from './backup_header.ts';
import type { BackupHeader } from './backup_header.ts';

export interface BackupSummary {
  tables: number;
  rows: number;
}

/**
 * Write all that the database holds, as it was at one moment, into a new file of mode 0600, which appears whole or
 * not at all. Gzip; within it a line of JSON, each table in PostgreSQL's text format, and a line of JSON again.
 * Throws Problem `file_unwritable`, also where there is a file of that name already.
 */
export async function writeBackup(ownerUrl: string, file: string): Promise<BackupSummary> {
  const own = `${file}.incomplete-${process.pid}`;
  try {
    const handle = await open(own, 'wx', 0o600);
    try {
      const rows = await copyOut(ownerUrl, (source) => writeRows(source, handle));
      await link(own, file);
      return { tables: rows.length, rows: rows.reduce((sum, count) => sum + count, 0) };
    } finally {
      await handle.close();
      await rm(own, { force: true });
    }
  } catch (error) {
    throw describeFailure(file, error);
  }
}

/** Returns how many rows each table has. By then they are on the disk, and the file is closed. */
async function writeRows(source: CopySource, handle: FileHandle): Promise<number[]> {
  const counts: number[] = [];
  const target = handle.createWriteStream({ flush: true });
  await pipeline(Readable.from(listChunks(source, counts), { objectMode: false }), createGzip(), target);
  return counts;
}

async function* listChunks({ contents, rows }: CopySource, counts: number[]): AsyncGenerator<Buffer> {
  const madeAt = new Date().toISOString();
  const header: BackupHeader = { format: 'curfew backup', version: 1, madeAt, ...contents };
  yield Buffer.from(`${JSON.stringify(header)}\n`);
  for (const table of contents.tables) {
    let count = 0;
    for await (const chunk of rows(table) as AsyncIterable<Buffer>) {
      for (const byte of chunk) if (byte === newline) count += 1;
      yield chunk;
    }
    counts.push(count);
    yield Buffer.from(endOfRows);
  }
  yield Buffer.from(`${JSON.stringify({ rows: counts })}\n`);
}

/** In this format a line break ends a row, and nothing else. */
const newline = 0x0a;

const fileCalls = new Set(['open', 'write', 'writev', 'fsync', 'close', 'link']);

/** What the file system refused is to be mended there; anything else stays what it is. */
function describeFailure(file: string, error: unknown): unknown {
  const { code, syscall = '', message } = error as NodeJS.ErrnoException;
  if (!fileCalls.has(syscall)) return error;
  const reason = code === 'EEXIST' ? 'there is a file of that name' : message;
  return new Problem('file_unwritable', `${file} cannot be written: ${reason}`, { cause: error });
}
