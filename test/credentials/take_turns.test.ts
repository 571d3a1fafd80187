import assert from 'node:assert/strict';
import { takeTurns } from '../../src/credentials/take_turns.ts';

describe('takeTurns', () => {
  /** Work that waits to be ended, and what began in which order. */
  function prepare(most: number) {
    const inTurn = takeTurns(most);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const start = (number: number) =>
      inTurn(() => {
        begun.push(number);
        return new Promise<number>((resolve) => {
          ends[number] = () => resolve(number);
        });
      });
    return { inTurn, begun, ends, start };
  }

  it('lets so many run at once, and the others in the order in which they came', async () => {
    const { begun, ends, start } = prepare(2);
    const all = [0, 1, 2, 3].map(start);
    await Promise.resolve();
    assert.deepEqual(begun, [0, 1]);
    ends[1]?.();
    assert.equal(await all[1], 1);
    assert.deepEqual(begun, [0, 1, 2]);
    ends[0]?.();
    ends[2]?.();
    assert.deepEqual(await Promise.all([all[0], all[2]]), [0, 2]);
    ends[3]?.();
    assert.equal(await all[3], 3);
  });

  it('goes on after work that failed', async () => {
    const { inTurn, ends, start } = prepare(1);
    const failing = inTurn(() => Promise.reject(new Error('no')));
    const next = start(0);
    await assert.rejects(failing, /no/);
    ends[0]?.();
    assert.equal(await next, 0);
  });
});
