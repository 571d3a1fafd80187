/**
 * The gate beside its model, as long as wanted: `npm run test:model -- --commands 10000`. Prints the seed,
 * and where they differ the seed and path that find it again: `npm run test:model -- --seed 1 --path 2`
 * runs that one run alone, `--shrink` then looks for a shorter one. Exit code 1: they differ.
 */
import { parseArgs } from 'node:util';
import { mochaGlobalSetup, mochaGlobalTeardown } from '../support/global.ts';
import { runModel } from './run_model.ts';

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    path: { type: 'string' },
    shrink: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed}`);
await mochaGlobalSetup();
try {
  const startedAt = process.hrtime.bigint();
  const { commands, failure } = await runModel({
    commands: Number(values.commands),
    seed,
    path: values.path,
    shrinks: values.shrink,
  });
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  console.log(failure ?? 'The server does as the model says.');
  console.log(
    `${failure === undefined ? 'no difference' : 'a difference'} after ${commands} commands, ${Math.round(seconds)} s`,
  );
  process.exitCode = failure === undefined ? 0 : 1;
} finally {
  await mochaGlobalTeardown();
}
