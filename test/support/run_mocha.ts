import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, runProgram } from './run_program.ts';
import type { Sums } from './run_reporter.ts';

const reporter = fileURLToPath(new URL('run_reporter.ts', import.meta.url));

/**
 * One process of mocha; without a `share` it has the terminal to itself. A run that crashed, was cut short,
 * complains of something outside its tests, or has none: one more failure.
 */
export async function runMocha(
  mochaArguments: readonly string[],
  share?: { name: string; index: number },
): Promise<Sums> {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-test-'));
  const file = join(folder, 'sums.json');
  try {
    const config = writeConfig(folder, mochaArguments.some(isSpec));
    const colors = process.stdout.isTTY ? ['--color'] : [];
    const reporting = ['--reporter', reporter, '--reporter-option', `sums=${file}`, ...colors];
    const options = ['--config', config, ...reporting, '--recursive', '--forbid-pending', ...mochaArguments];
    const { code } = await runProgram(
      'mocha/bin/mocha.js',
      options,
      share && {
        heading: share.name,
        env: { TEST_SHARE: String(share.index) },
      },
    );
    const sums = readSums(file);
    const failures = sums.failures && `${share?.name ?? ''}\n${sums.failures}`;
    if (sums.ended && sums.passed + sums.failed > 0 && (code === 0 || sums.failed > 0))
      return { ...sums, failures };
    const fault = `${share?.name ?? 'mocha'}: the run itself failed (exit code ${code}), see its output\n`;
    return { ...sums, failed: sums.failed + 1, failures: failures + fault };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const isSpec = (argument: string) =>
  argument.startsWith('test/') || argument.includes('*') || existsSync(join(root, argument));

/** Mocha adds the specs it is given to those of its configuration; here they stand instead of them. */
function writeConfig(folder: string, hasSpecs: boolean): string {
  const text = readFileSync(join(root, '.mocharc.json'), 'utf8');
  const { spec, ...config } = JSON.parse(text) as Record<string, unknown>;
  const path = join(folder, 'mocharc.json');
  writeFileSync(path, JSON.stringify(hasSpecs ? config : { ...config, spec }));
  return path;
}

function readSums(file: string): Sums {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Sums;
  } catch {
    return { passed: 0, failed: 0, ended: false, failures: '' };
  }
}
