const lineFeed = 10;

/**
 * Hand on each line of what PostgreSQL copies out in its text format, without its end. A line is part of a
 * longer text: what keeps a piece of it for long copies that piece.
 */
export async function readCopiedLines(
  chunks: AsyncIterable<Buffer>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    // Only whole lines are decoded: a character may be cut in two by the end of a chunk.
    const end = chunk.lastIndexOf(lineFeed) + 1;
    if (end === 0) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    const whole = chunk.subarray(0, end);
    const text = (rest.length === 0 ? whole : Buffer.concat([rest, whole])).toString('utf8');
    rest = chunk.subarray(end);
    for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from)) {
      onLine(text.slice(from, to));
    }
  }
}

const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** What a field of a copied line says; null: NULL. */
export function readCopiedField(field: string): string | null {
  if (field === '\\N') return null;
  if (!field.includes('\\')) return field;
  return field.replaceAll(/\\(.)/gs, (_, escaped: string) => escapes[escaped] ?? escaped);
}
