import assert from 'node:assert/strict';
import { readCopiedField, readCopiedLines } from '../../src/store/copied_lines.ts';

const cut = async function* cut(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  await Promise.resolve();
};

describe('lines that PostgreSQL copies out', () => {
  it('are whole wherever the bytes are cut, within a character too', async () => {
    const lines = ['a\tžluťoučký', '', 'b\t🦉🦉', 'c'];
    for (let size = 1; size < 40; size += 1) {
      const read: string[] = [];
      await readCopiedLines(cut(`${lines.join('\n')}\n`, size), (line) => read.push(line));
      assert.deepEqual(read, lines, `cut every ${size} bytes`);
    }
  });

  it('have NULL, and characters that are written otherwise', () => {
    assert.equal(readCopiedField('\\N'), null);
    assert.equal(readCopiedField('plain'), 'plain');
    assert.equal(readCopiedField('a\\tb\\nc\\\\nd\\\\N'), 'a\tb\nc\\nd\\N');
  });
});
