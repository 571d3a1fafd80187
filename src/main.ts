import { CommanderError } from 'commander';
import { buildProgram } from './cli/program.ts';
import { reportFailure } from './cli/report_failure.ts';

try {
  const program = await buildProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : reportFailure(error);
}
