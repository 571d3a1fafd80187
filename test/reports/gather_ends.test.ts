import assert from 'node:assert/strict';
import { renderTimeoutsText } from '../../src/reports/describe_timeouts.ts';
import { gatherEnds } from '../../src/reports/gather_ends.ts';
import type { TimeoutRow } from '../../src/reports/report_timeouts.ts';

const row = (more: Partial<TimeoutRow>): TimeoutRow => ({
  of: 'session',
  field: 'session_idle',
  policy: 'member',
  policyVersion: 1,
  limit: 900,
  key: null,
  reason: 'idle_timeout',
  ends: 40,
  premature: 30,
  share: 0.75,
  low: 0.6,
  high: 0.86,
  background: 0,
  stepUp: 0,
  workflow: 0,
  suggested: 1380,
  ...more,
});

describe('gatherEnds', () => {
  const bound = row({ of: 'family', ends: 50, premature: 35, background: 3 });

  it('tells access that ended with its sessions beside them, once, whichever comes first', () => {
    const session = row({});
    for (const rows of [
      [session, bound],
      [bound, session],
    ])
      assert.deepEqual(gatherEnds(rows), [{ ...session, with: bound }]);
  });

  it('keeps apart what another limit, version, policy or role ended', () => {
    for (const other of [
      { field: 'refresh_idle' },
      { limit: 1800 },
      { policyVersion: 2 },
      { policy: 'admin' },
      { key: 'admin' },
    ] as const) {
      const rows = [row({}), { ...bound, ...other }];
      assert.deepEqual(gatherEnds(rows), rows);
    }
  });

  it('is one entry for a terminal, with both counts', () => {
    const text = renderTimeoutsText({ since: 86_400, within: 900, by: 'policy', rows: [row({}), bound] });
    assert.deepEqual(text.trimEnd().split('\n').slice(1), [
      'member v1  idle_timeout 15m  30 of 40 sessions too early, 75 % (60 % to 86 %); 23m would have avoided 95 %',
      '  with them 35 of 50 families too early, 75 % (60 % to 86 %); 23m would have avoided 95 %; 3 while the app went on without its user',
    ]);
  });
});
