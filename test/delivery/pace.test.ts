import assert from 'node:assert/strict';
import { createPace } from '../../src/delivery/pace.ts';

describe('the pace of deliveries', () => {
  it('lets a second of notices go at once', () => {
    const pace = createPace(() => 0);
    assert.equal(pace.allowance(), 250);
    pace.spend(200);
    assert.ok(pace.allowance() >= 50);
  });

  const shares: [idle: number, perSecond: number][] = [
    [1, 250],
    [0.5, 62.5],
    [0.1, 25],
    [0, 25],
  ];
  for (const [idle, perSecond] of shares) {
    it(`is ${perSecond} a second while the instance is idle for ${idle} of its time`, async () => {
      const pace = createPace(() => idle);
      const from = performance.now();
      pace.look();
      pace.spend(250);
      await new Promise((resolve) => void setTimeout(resolve, 400));
      const before = performance.now();
      const allowed = pace.allowance();
      const after = performance.now();
      assert.ok(allowed <= ((after - from) / 1000) * perSecond + 1);
      assert.ok(allowed >= Math.min(250, Math.floor(((before - from) / 1000) * perSecond) - 2));
    });
  }

  it('never allows less than nothing', () => {
    const pace = createPace(() => 1);
    pace.spend(300);
    assert.equal(pace.allowance(), 0);
  });
});
