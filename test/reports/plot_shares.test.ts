import assert from 'node:assert/strict';
import { plotShares } from '../../src/reports/plot_shares.ts';

describe('plotShares', () => {
  it('draws each share on a scale to 100 %, and where it truly lies', () => {
    const bar = { label: 'till, 15m', share: 0.5, low: 0.25, high: 0.75, text: '50 % (25 % to 75 %)' };
    const markup = String(
      plotShares({
        id: 'p',
        title: 'A title',
        description: 'A text',
        bars: [bar, { ...bar, label: 'x'.repeat(60) }],
      }),
    );
    assert.match(markup, /aria-labelledby="p-title" aria-describedby="p-desc"/);
    assert.match(markup, /<rect class="bar" x="0" y="21" width="160"/);
    assert.match(markup, /<path class="between" d="M80 23V31M80 27H240M240 23V31"/);
    assert.match(markup, />50 % \(25 % to 75 %\)</);
    for (const tick of [0, 25, 50, 75, 100]) assert.ok(markup.includes(`>${tick} %</text>`), String(tick));
    assert.ok(markup.includes(`>${'x'.repeat(29)}…<`));
  });
});
