/**
 * Runs the checks and the tests, a program more than there are cores at once, and ends with the line `N passed, N failed`, above
 * it again whatever failed. With arguments it runs mocha alone and hands them on: `npm test -- test/policy`.
 * What failed is also appended to the file that `TEST_FAILURES` names.
 */
import { appendFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { listChecks, runCheck } from './support/run_checks.ts';
import { runMocha } from './support/run_mocha.ts';
import { interrupted } from './support/run_program.ts';
import { listShares } from './support/run_shares.ts';
import type { Sums } from './support/run_reporter.ts';

async function runEverything(): Promise<readonly Sums[]> {
  const jobs = [
    ...listShares().map(
      ({ name, files }, index) =>
        () =>
          runMocha(files, { name, index }),
    ),
    ...listChecks().map((check) => () => runCheck(check)),
  ];
  const sums: Sums[] = [];
  // A test waits as often as it works: one more than there are cores, each takes the next when it is done with one.
  const waiting = jobs.values();
  const lane = async () => {
    for (const job of waiting) {
      if (interrupted.aborted) return;
      sums.push(await job());
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane));
  for (const { failures } of sums)
    if (failures && !interrupted.aborted) console.log(`\n${failures.trimEnd()}`);
  return sums;
}

const mochaArguments = process.argv.slice(2);
const sums = mochaArguments.length > 0 ? [await runMocha(mochaArguments)] : await runEverything();
if (interrupted.aborted) process.exit(130);
const [passed, failed] = (['passed', 'failed'] as const).map((key) =>
  sums.reduce((total, each) => total + each[key], 0),
);
process.exitCode = failed === 0 ? 0 : 1;
if (process.env.TEST_FAILURES)
  appendFileSync(process.env.TEST_FAILURES, sums.map(({ failures }) => failures).join('\n'));
console.log(`${sums.length > 1 ? '\n' : ''}${passed} passed, ${failed} failed`);
