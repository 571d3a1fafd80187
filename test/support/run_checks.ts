import { runProgram } from './run_program.ts';
import type { Sums } from './run_reporter.ts';

const checks = [
  ['typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['oxlint/bin/oxlint', '--type-aware'],
  ['@biomejs/biome/bin/biome', 'format', '.'],
] as const;

export type Check = readonly [program: string, ...options: string[]];

export const listChecks = (): readonly Check[] => checks;

/** A check is one that passes or fails. */
export async function runCheck([program, ...options]: Check): Promise<Sums> {
  const name = `${program.replace(/.*\//, '')} ${options.join(' ')}`;
  const { code, output } = await runProgram(program, options, { heading: name });
  const isSound = code === 0;
  return {
    passed: isSound ? 1 : 0,
    failed: isSound ? 0 : 1,
    ended: true,
    failures: isSound ? '' : `${name}\n${output}`,
  };
}
