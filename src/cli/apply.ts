import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { applyFile, describeApplied, describeWarnings, readConfigurationFile } from './apply_file.ts';
import type { AppliedFile } from './apply_file.ts';
import { choosePaint } from './describe_differences.ts';
import { withDatabase } from './open_database.ts';
import { readMessage } from './read_message.ts';

export function addApplyCommand(program: Command): void {
  program
    .command('apply <file>')
    .description('make the database match a configuration file, in one transaction')
    .option('--dry-run', 'only print what would change')
    .option('--message <text>', 'why, for the history', readMessage)
    .option('--json', 'print one JSON document')
    .action(async (path: string, options: { dryRun?: boolean; message?: string; json?: boolean }) => {
      const environment = readEnvironment(process.env, 'tool');
      const file = readConfigurationFile(path);
      await withDatabase(environment, async (database) => {
        const dryRun = options.dryRun ?? false;
        const applied = await applyFile(database, file, {
          dryRun,
          actor: 'curfew apply',
          message: options.message,
        });
        const warnings = [...file.warnings, ...applied.warnings];
        tellApplied({ ...applied, warnings }, { dryRun, json: options.json });
      });
    });
}

/** What an apply did or would do, with its warnings: the answer to standard output, the rest beside it. */
export function tellApplied(
  applied: AppliedFile,
  { dryRun, json }: { dryRun: boolean; json?: boolean | undefined },
): void {
  const warnings = [...applied.warnings, ...listRemovals(applied.differences)];
  printApplied({ ...applied, warnings }, { dryRun, json });
  for (const line of describeWarnings(warnings)) process.stderr.write(`${line}\n`);
  const count = applied.differences.length + applied.users.length;
  const done = dryRun ? 'Nothing was written: this was a dry run.' : 'Applied.';
  process.stderr.write(count === 0 ? 'Nothing to change.\n' : `${done}\n`);
}

/** What is no longer there afterwards. */
export function listRemovals(differences: AppliedFile['differences']): AppliedFile['warnings'] {
  return differences.flatMap(({ section, name, kind }) =>
    kind === 'removed' ? [{ path: `${section}.${name}`, message: 'is removed' }] : [],
  );
}

/** What an apply did or would do: in words, or as one JSON document. */
export function printApplied(
  applied: AppliedFile,
  { dryRun, json }: { dryRun: boolean; json?: boolean | undefined },
): void {
  if (json) process.stdout.write(`${JSON.stringify({ dry_run: dryRun, ...applied }, undefined, 2)}\n`);
  else {
    for (const line of describeApplied(applied, choosePaint(process.stdout)))
      process.stdout.write(`${line}\n`);
  }
}
