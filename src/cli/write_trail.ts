import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Write an exported trail, events and the checkpoint after them, to standard output: a line each, or as one JSON
 * document.
 */
export async function writeTrail(lines: AsyncIterable<string>, isDocument: boolean): Promise<void> {
  const text = isDocument ? joinDocument(lines) : endLines(lines);
  await pipeline(Readable.from(text), process.stdout, { end: false });
}

async function* endLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

/** Only the one after which there is no more is no event. */
async function* joinDocument(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let last: string | undefined;
  let separator = '{"events":[';
  for await (const line of lines) {
    if (last !== undefined) {
      yield separator + last;
      separator = ',';
    }
    last = line;
  }
  yield `${separator === ',' ? '' : separator}],${last?.slice(1) ?? '}'}\n`;
}
