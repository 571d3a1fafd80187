import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { createLoopShare } from '../../src/jobs/loop_share.ts';

describe('createLoopShare', () => {
  function work(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  }

  it('counts what the thread did since the job ended, and not the job', async () => {
    const share = createLoopShare();
    work(60);
    assert.ok(share.read() > 0.9, 'it did nothing else');
    // What other tests left behind may keep the thread busy for a moment.
    let rested = 1;
    for (let tries = 0; rested >= 0.9 && tries < 50; tries += 1) {
      share.restart();
      await setTimeout(100);
      rested = share.read();
    }
    assert.ok(rested < 0.9, `it mostly rested: ${rested}`);
  });
});
