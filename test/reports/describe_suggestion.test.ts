import assert from 'node:assert/strict';
import { describeSuggestion } from '../../src/reports/describe_suggestion.ts';
import type { UsageRow } from '../../src/reports/report_usage.ts';

const point = (limit: number, interruptions: number, idleHours: number) => ({
  limit,
  interruptions,
  idleHours,
  cost: interruptions + idleHours,
});

function row(changed: Partial<UsageRow>): UsageRow {
  const none = { count: 0, hours: 0 };
  return {
    of: 'session',
    field: 'session_idle',
    policy: 'till',
    policyVersion: 3,
    limit: 480,
    key: null,
    spans: 900,
    openHours: 100,
    unusedHours: 20,
    longestUsual: 600,
    found: { unrefreshed: none, polling: none, regular: none, outlived: none },
    verdict: 'too_strict',
    today: point(480, 1234.5, 301.23),
    suggested: point(1500, 12.34, 905),
    isCapped: false,
    frontier: [],
    ...changed,
  };
}

describe('describeSuggestion', () => {
  it('says what the limit of today brings, and what another would', () => {
    assert.equal(
      describeSuggestion(row({})),
      'Today, at 8 minutes, 1,230 interruptions and 301 hours open for nobody in every 1,000. ' +
        'At 25 minutes it would be 12.3 interruptions and 905 hours open for nobody in every 1,000.',
    );
  });

  it('says what a baseline keeps from being suggested', () => {
    assert.match(
      describeSuggestion(row({ cappedBy: 'pci-dss-4.0.1' })),
      / pci-dss-4\.0\.1 allows no longer one\.$/,
    );
    assert.equal(
      describeSuggestion(row({ verdict: 'fits', limit: 900, cappedBy: 'pci-dss-4.0.1' })),
      '15 minutes fits: no other limit would cost much less. pci-dss-4.0.1 allows no longer one.',
    );
  });

  it('says why it says nothing', () => {
    assert.match(
      describeSuggestion(row({ verdict: 'too_few', spans: 7 })),
      /^Only 7 have ended; it takes 50 /,
    );
    assert.match(describeSuggestion(row({ verdict: 'too_few' })), /^Fewer than 20 interruptions: /);
  });
});
