import assert from 'node:assert/strict';
import { sampleNote, sayEnds } from '../../views/console/end_table.ts';

describe('what would end, in a sentence', () => {
  const range = (count: number, from: number, to: number) => ({ count, from, to });
  const row = { policy: 'member', reason: 'idle_timeout', sessions: 1, families: 2 };

  it('is a number where all was looked at', () => {
    assert.equal(
      sayEnds({ rows: [row, row] }),
      '2 sessions and 4 accesses of apps that are open now would end within seconds.',
    );
    assert.equal(sayEnds({ rows: [] }), 'Nothing that is open now would end.');
    assert.equal(sampleNote({ rows: [row] }), false);
  });

  it('says between which numbers it is where a sample was, and where all is counted', () => {
    const sample = {
      sessions: range(12_000, 11_000, 13_000),
      families: range(1, 0, 400),
      countUrl: '/console/policies/member/preview?exact=1',
    };
    assert.equal(
      sayEnds({ rows: [row], sample }),
      'About 12,000 sessions (11,000 to 13,000) and about 1 access of apps (0 to 400) that are open now would end within seconds.',
    );
    assert.match(String(sampleNote({ rows: [row], sample })), /preview\?exact=1/);
  });

  it('does not say that nothing ends where only none of the sample does', () => {
    const none = { sessions: range(0, 0, 450), families: range(0, 0, 500), countUrl: '/' };
    assert.equal(
      sayEnds({ rows: [], sample: none }),
      'Little that is open now would end, if anything: at most 450 sessions and 500 accesses of apps.',
    );
  });
});
