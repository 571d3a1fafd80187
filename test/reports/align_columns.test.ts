import assert from 'node:assert/strict';
import { alignColumns } from '../../src/reports/align_columns.ts';

describe('alignColumns', () => {
  it('makes a column as wide as its widest cell, with nothing after the last', () => {
    assert.deepEqual(
      alignColumns([
        ['a', 'enabled', 'x'],
        ['longer', 'off', 'yy'],
        ['b', 'off', ''],
      ]),
      ['a       enabled  x', 'longer  off      yy', 'b       off'],
    );
  });

  it('makes nothing of nothing', () => {
    assert.deepEqual(alignColumns([]), []);
  });
});
