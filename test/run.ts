/**
 * Runs the checks and the tests, and ends with the line `N passed, N failed`. With arguments it runs
 * mocha alone and hands them on: `npm test -- test/policy`. Mocha loads this same file as its reporter,
 * which prints as `spec` does and leaves the sums in the file that its option `sums` names.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';

interface Sums {
  passed: number;
  failed: number;
  /** false where mocha's process ended before its tests did, or would not end after them. */
  ended: boolean;
}

const self = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const checks = [
  ['typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['oxlint/bin/oxlint', '--type-aware'],
  ['@biomejs/biome/bin/biome', 'format', '.'],
] as const;
/** Milliseconds in which the process must end by itself after the last test. */
const lingerLimit = 60_000;

export default function reportSums(runner: Mocha.Runner, options: Mocha.MochaOptions): Mocha.reporters.Base {
  const sums: Sums = { passed: 0, failed: 0, ended: false };
  runner.on('pass', () => (sums.passed += 1));
  runner.on('fail', () => (sums.failed += 1));
  runner.once('end', () => {
    sums.ended = true;
    setTimeout(() => endLingering(sums), lingerLimit).unref();
  });
  const { sums: file } = options.reporterOptions as { sums: string };
  process.once('exit', () => writeFileSync(file, JSON.stringify(sums)));
  return new Mocha.reporters.Spec(runner, options);
}

function endLingering(sums: Sums): void {
  sums.ended = false;
  const resources = process.getActiveResourcesInfo().join(', ');
  console.error(`The tests are over, but something keeps their process alive: ${resources}`);
  process.exit(1);
}

async function runEverything(mochaArguments: readonly string[]): Promise<void> {
  let passed = 0;
  let failed = 0;
  for (const [program, ...options] of mochaArguments.length > 0 ? [] : checks) {
    console.log(`\n${program.replace(/.*\//, '')} ${options.join(' ')}`);
    if ((await runProgram(program, options)) === 0) passed += 1;
    else failed += 1;
  }
  const sums = await runMocha(mochaArguments);
  passed += sums.passed;
  failed += sums.failed;
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed`);
}

/** A run that crashed, was cut short, complains of something outside its tests, or has none: one more failure. */
async function runMocha(mochaArguments: readonly string[]): Promise<Sums> {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-test-'));
  const file = join(folder, 'sums.json');
  try {
    const config = writeConfig(folder, mochaArguments.some(isSpec));
    const reporter = ['--reporter', self, '--reporter-option', `sums=${file}`];
    const options = ['--config', config, ...reporter, '--recursive', '--forbid-pending', ...mochaArguments];
    const code = await runProgram('mocha/bin/mocha.js', options);
    const sums = readSums(file);
    const isSound = sums.ended && sums.passed + sums.failed > 0 && (code === 0 || sums.failed > 0);
    return isSound ? sums : { ...sums, failed: sums.failed + 1 };
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
    return { passed: 0, failed: 0, ended: false };
  }
}

/**
 * Resolves to the exit code; null for a program that a signal ended or that could not start. Ctrl-C and
 * SIGTERM let the program end first, so that no database is left running, and then end everything.
 */
function runProgram(program: string, options: readonly string[]): Promise<number | null> {
  const path = join('node_modules', program);
  const child = spawn(process.execPath, [path, ...options], { cwd: root, stdio: 'inherit' });
  const interrupt = () => {
    child.once('close', () => process.exit(130));
    child.kill('SIGINT');
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null)).once('close', resolve);
  }).finally(() => process.off('SIGINT', interrupt).off('SIGTERM', interrupt));
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === self) {
  void runEverything(process.argv.slice(2));
}
