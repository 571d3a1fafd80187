import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';
import { migrate } from '../store/migrate.ts';

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('apply missing migrations, as the owner of the tables (CURFEW_MIGRATE_DATABASE_URL)')
    .action(async () => {
      const environment = readEnvironment(process.env, 'tool');
      const ownerUrl = environment.migrateDatabaseUrl ?? environment.databaseUrl;
      if (!ownerUrl) {
        throw new Problem(
          'environment_invalid',
          'Set CURFEW_MIGRATE_DATABASE_URL to the owner of the tables.',
        );
      }
      const applied = await migrate(ownerUrl);
      for (const name of applied) process.stdout.write(`${name}\n`);
      process.stderr.write(
        applied.length === 0 ? 'The database is current.\n' : `Applied ${applied.length}.\n`,
      );
    });
}
