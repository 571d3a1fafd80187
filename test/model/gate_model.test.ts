import assert from 'node:assert/strict';
import { runModel } from './run_model.ts';

describe('the gate beside its model', () => {
  it('answers and stores the same, 500 commands long', async function beside() {
    this.timeout(900_000);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const { commands, failure } = await runModel({ commands: 500, seed });
    assert.ok(failure === undefined, `seed ${seed}, ${commands} commands: ${failure}`);
    console.log(`      seed ${seed}, ${commands} commands`);
  });
});
