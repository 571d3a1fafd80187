import assert from 'node:assert/strict';
import { describeOpenAccess } from '../../../src/admin/console/describe_open_access.ts';

describe('what of an app is open', () => {
  const cases: [families: number, people: number, words: string][] = [
    [0, 0, 'No access'],
    [1, 1, '1 access of 1 person'],
    [3, 1, '3 accesses of 1 person'],
    [1200, 1100, '1,200 accesses of 1,100 people'],
    [10_000, 9999, '10,000 accesses of 9,999 people'],
    [10_001, 10_001, 'More than 10,000 accesses'],
  ];
  for (const [families, people, words] of cases) {
    it(`is told as "${words}"`, () => assert.equal(describeOpenAccess({ families, people }), words));
  }
});
