import { writeFileSync } from 'node:fs';
import { format } from 'node:util';
import Mocha from 'mocha';

/** What a run of mocha, or a check, came to. */
export interface Sums {
  passed: number;
  failed: number;
  /** false where mocha's process ended before its tests did, or would not end after them. */
  ended: boolean;
  /** To be read by people; empty where nothing failed. */
  failures: string;
}

/** Milliseconds in which the process must end by itself after the last test. */
const lingerLimit = 60_000;

/** Mocha's reporter: prints as `spec` does and leaves the sums in the file that its option `sums` names. */
export default function reportSums(runner: Mocha.Runner, options: Mocha.MochaOptions): Mocha.reporters.Base {
  const sums: Sums = { passed: 0, failed: 0, ended: false, failures: '' };
  const failed: Mocha.Test[] = [];
  runner.on('pass', () => (sums.passed += 1));
  runner.on('fail', (test) => (sums.failed = failed.push(test)));
  runner.once('end', () => {
    sums.ended = true;
    setTimeout(() => endLingering(sums), lingerLimit).unref();
  });
  // Mocha hands them on to whoever listens, and nobody else does.
  process.on('unhandledRejection', (reason) => {
    throw reason;
  });
  const { sums: file } = options.reporterOptions as { sums: string };
  process.once('exit', () => writeFileSync(file, JSON.stringify({ ...sums, failures: describe(failed) })));
  return new Mocha.reporters.Spec(runner, options);
}

/** As mocha lists them below its sums. */
function describe(failed: Mocha.Test[]): string {
  if (failed.length === 0) return '';
  const { consoleLog } = Mocha.reporters.Base;
  let text = '';
  Mocha.reporters.Base.consoleLog = (...data: unknown[]) => (text += `${format(...data)}\n`);
  Mocha.reporters.Base.list(failed);
  Mocha.reporters.Base.consoleLog = consoleLog;
  return text;
}

function endLingering(sums: Sums): void {
  sums.ended = false;
  const resources = process.getActiveResourcesInfo().join(', ');
  console.error(`The tests are over, but something keeps their process alive: ${resources}`);
  process.exit(1);
}
