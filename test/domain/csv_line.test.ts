import assert from 'node:assert/strict';
import { csvLine } from '../../src/domain/csv_line.ts';

describe('csvLine', () => {
  it('quotes texts, and leaves numbers as they are', () => {
    assert.equal(csvLine(['a', 1.5, -2, null, '']), '"a",1.5,-2,"",""\r\n');
    assert.equal(csvLine(['say "no", twice\n']), '"say ""no"", twice\n"\r\n');
  });

  it('makes text of what a spreadsheet would take for a formula', () => {
    for (const text of ['=1+1', '+1', '-1', '@a', '\ta', '\ra'])
      assert.equal(csvLine([text]), `"'${text}"\r\n`);
  });
});
