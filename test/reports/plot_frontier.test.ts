import assert from 'node:assert/strict';
import { usageBucket } from '../../src/domain/usage.ts';
import { suggestLimit } from '../../src/policy/suggest_limit.ts';
import { plotFrontier } from '../../src/reports/plot_frontier.ts';

/** People are away for five minutes or for twenty; one in five leaves for good. */
const away = {
  spans: 1000,
  gaps: new Map([
    [usageBucket(300), { count: 4000, seconds: 4000 * 300 }],
    [usageBucket(1200), { count: 800, seconds: 800 * 1200 }],
  ]),
  tails: new Map(),
  gone: 200,
};

function plot(limit: number, longest?: number) {
  const suggestion = suggestLimit(away, { limit, stretch: 14_400, weight: 1, longest });
  const drawn = plotFrontier({ ...suggestion, longest, id: 'plot', title: 'A title', description: 'A text' });
  const texts = [...String(drawn).matchAll(/<text class="([^"]*)"[^>]*>([^<]*)</g)].map(
    ([, look, text]) => `${look}: ${text}`,
  );
  return { markup: String(drawn), texts };
}

describe('plotFrontier', () => {
  it('is named and described, has units on both axes, and marks the limit of today and the suggested one', () => {
    const { markup, texts } = plot(600);
    assert.match(markup, /role="img" aria-labelledby="plot-title" aria-describedby="plot-desc"/);
    assert.match(markup, /<title id="plot-title">A title<\/title>\n<desc id="plot-desc">A text<\/desc>/);
    assert.match(markup, />Interruptions per 1,000</);
    assert.match(markup, />Hours open for nobody per 1,000</);
    assert.match(markup, /<circle class="today"/);
    assert.match(markup, /<polygon class="suggested"/);
    assert.ok(
      texts.some((text) => /^mark( end)?: today: 10m$/.test(text)),
      texts.join('; '),
    );
    assert.ok(
      texts.some((text) => /^mark( end)?: suggested: 21m$/.test(text)),
      texts.join('; '),
    );
  });

  it('calls what costs the least the best where today is as good', () => {
    const { texts } = plot(1320);
    assert.ok(
      texts.some((text) => text.endsWith('today: 22m')),
      texts.join('; '),
    );
    assert.ok(
      texts.some((text) => text.endsWith('best: 21m')),
      texts.join('; '),
    );
    const { texts: same } = plot(1260);
    assert.ok(
      same.some((text) => text.endsWith('today, and best: 21m')),
      same.join('; '),
    );
  });

  it('draws nothing beyond what a baseline allows, but for the limit of today', () => {
    const longest = 900;
    const { texts, markup } = plot(1800, longest);
    assert.ok(
      texts.some((text) => text.endsWith('today: 30m')),
      texts.join('; '),
    );
    const line = /<polyline class="line" points="([^"]*)"/.exec(markup)?.[1]?.split(' ') ?? [];
    assert.equal(line.length, 15, 'a point for each minute');
    assert.ok(!texts.some((text) => /: (20m|45m|1h)$/.test(text)), texts.join('; '));
  });

  it('keeps marks inside the drawing, whatever the limit is', () => {
    for (const limit of [1, 60, 600, 3600, 43_200, 1_000_000]) {
      const { markup } = plot(limit);
      const [, x = '', y = ''] = /<circle class="today" cx="([^"]*)" cy="([^"]*)"/.exec(markup) ?? [];
      assert.ok(Number(x) >= 46 && Number(x) <= 320, `${limit}: ${x}`);
      assert.ok(Number(y) >= 24 && Number(y) <= 214, `${limit}: ${y}`);
      assert.doesNotMatch(markup, /NaN|Infinity/);
    }
  });
});
