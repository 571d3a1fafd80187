import assert from 'node:assert/strict';
import { renderControlsText } from '../../src/reports/describe_controls.ts';

describe('renderControlsText', () => {
  it('says that nothing was found, and what was not looked at yet', () => {
    const walks = [
      { walk: 'sessions', walkedAt: '2026-01-02T03:04:05Z' },
      { walk: 'access_tokens', walkedAt: null },
    ];
    assert.equal(
      renderControlsText({ completedAt: null, walks, trailSeconds: 0, findings: [] }),
      `The detective control has not finished a run yet.
All sessions were looked at by 2026-01-02T03:04:05Z.
Not all access tokens were looked at yet.
The trail is followed to its end.
Nothing lives past its limit.
`,
    );
  });

  it('names what was found, how many, and the first of them', () => {
    const finding = {
      kind: 'lease_past_end' as const,
      count: 2,
      firstSeenAt: '2026-01-02T03:04:05Z',
      ids: ['a', 'b'],
    };
    assert.equal(
      renderControlsText({
        completedAt: '2026-01-02T03:09:05Z',
        walks: [],
        trailSeconds: 7200,
        findings: [finding],
      }),
      `The detective control last finished a run at 2026-01-02T03:09:05Z.
The trail is followed 2 hours behind.
lease_past_end: 2, the first seen at 2026-01-02T03:04:05Z. A family is open past the end of its lease, and its idle limit is over.
  a
  b
`,
    );
  });
});
