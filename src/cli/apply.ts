import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { applyFile, describeApplied, readConfigurationFile } from './apply_file.ts';
import { withDatabase } from './open_database.ts';

export function addApplyCommand(program: Command): void {
  program
    .command('apply <file>')
    .description('make the database match a configuration file, in one transaction')
    .option('--dry-run', 'only print what would change')
    .option('--json', 'print one JSON document')
    .action(async (path: string, options: { dryRun?: boolean; json?: boolean }) => {
      const environment = readEnvironment(process.env, 'tool');
      const file = readConfigurationFile(path);
      for (const { path: key, message } of file.warnings)
        process.stderr.write(`warning: ${key}: ${message}\n`);
      await withDatabase(environment, async (database) => {
        const dryRun = options.dryRun ?? false;
        const applied = await applyFile(database, file, { dryRun, actor: 'curfew apply' });
        if (options.json)
          process.stdout.write(`${JSON.stringify({ dry_run: dryRun, ...applied }, undefined, 2)}\n`);
        else for (const line of describeApplied(applied)) process.stdout.write(`${line}\n`);
        for (const { section, name, kind } of applied.differences) {
          if (kind === 'removed')
            process.stderr.write(`warning: ${section}.${name}: is removed, it is not in the file\n`);
        }
        const count = applied.differences.length + applied.users.length;
        const done = dryRun ? 'Nothing was written: this was a dry run.' : 'Applied.';
        process.stderr.write(count === 0 ? 'Nothing to change.\n' : `${done}\n`);
      });
    });
}
