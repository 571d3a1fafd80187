import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { z } from 'zod';
import { Problem } from '../../domain/problems.ts';
import { backupHeader, backupTrailer, endOfRows } from './backup_header.ts';
import type { BackupHeader } from './backup_header.ts';

export interface OpenedBackup {
  header: BackupHeader;
  /** The rows of the next table, in the order of the header; each to its end. */
  nextRows(): AsyncGenerator<Buffer>;
  /** After the last table: that all rows came, and nothing after them. */
  assertWhole(): Promise<void>;
  close(): void;
}

/** Bytes: rows are handed on in portions of about this size. */
const portion = 65_536;

/**
 * Open a backup. Throws Problem `backup_unreadable` where it is none, or damaged: its sums are looked at first, so that
 * no byte that changed is taken for something else. What is read of it later may throw that, too.
 */
export async function readBackup(file: string): Promise<OpenedBackup> {
  await assertSound(file);
  const source = createReadStream(file);
  const unpacked = createGunzip().on('error', () => source.destroy());
  source.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
  const lines = listLines(file, unpacked);
  const nextLine = async (): Promise<Buffer> => {
    const { value, done } = await lines.next();
    if (done) throw damaged(file, 'it ends too early');
    return value;
  };
  const header = parse(file, backupHeader, await nextLine());
  const counts: number[] = [];
  const end = Buffer.from(endOfRows);
  return {
    header,
    async *nextRows() {
      let rows: Buffer[] = [];
      let size = 0;
      let count = 0;
      for (let line = await nextLine(); !line.equals(end); line = await nextLine()) {
        rows.push(line);
        size += line.length;
        count += 1;
        if (size < portion) continue;
        yield Buffer.concat(rows);
        rows = [];
        size = 0;
      }
      counts.push(count);
      if (size > 0) yield Buffer.concat(rows);
    },
    async assertWhole() {
      const trailer = parse(file, backupTrailer, await nextLine());
      if (trailer.rows.join() !== counts.join()) throw damaged(file, 'rows are missing');
      if (!(await lines.next()).done) throw damaged(file, 'something follows its end');
    },
    close: () => void unpacked.destroy(),
  };
}

async function assertSound(file: string): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(createReadStream(file), createGunzip(), nowhere);
  } catch (cause) {
    throw damaged(file, (cause as Error).message, cause);
  }
}

/** Each with its line break; what follows the last one is a line, too. */
async function* listLines(file: string, unpacked: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let rest: Buffer[] = [];
  try {
    for await (const chunk of unpacked) {
      let from = 0;
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
        const line = chunk.subarray(from, at + 1);
        yield rest.length > 0 ? Buffer.concat([...rest, line]) : line;
        rest = [];
        from = at + 1;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
    }
  } catch (cause) {
    throw damaged(file, (cause as Error).message, cause);
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

function parse<Value>(file: string, schema: z.ZodType<Value>, line: Buffer): Value {
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch (cause) {
    throw damaged(file, 'a line is not as a backup has it', cause);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw damaged(file, 'a line is not as this version writes it', parsed.error);
  return parsed.data;
}

function damaged(file: string, reason: string, cause?: unknown): Problem {
  return new Problem('backup_unreadable', `${file} is no backup that can be read: ${reason}.`, { cause });
}
