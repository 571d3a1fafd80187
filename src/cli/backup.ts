import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import type { Environment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';
import { findSecrets } from './find_secrets.ts';

export function addBackupCommands(program: Command): void {
  program
    .command('backup <file>')
    .description('write all that the embedded database holds into a new file, while curfew dev runs or not')
    .action(async (file: string) => {
      const environment = readForEmbedded();
      const { backUpEmbedded } = await import('./embedded_database.ts');
      const { tables, rows } = await backUpEmbedded(environment, resolve(file));
      process.stdout.write(`${file} has ${rows} rows of ${tables} tables.\n`);
      process.stderr.write(
        `Keep it as secret as the database, and CURFEW_SECRET elsewhere: it opens with nothing else.\n`,
      );
    });
  program
    .command('restore <file>')
    .description('let a backup become the embedded database, which must be empty, and verify its trail')
    .option('--force', 'also in the place of what the database holds, which is gone then')
    .action(async (file: string, { force = false }: { force?: boolean }) => {
      const environment = readForEmbedded();
      const secrets = await findSecrets(environment);
      if (!secrets)
        throw new Problem(
          'secret_missing',
          `CURFEW_SECRET is missing, and so is ${resolve(environment.dataDirectory, 'secret')}: nothing else opens the backup.`,
        );
      const { restoreEmbedded } = await import('./embedded_database.ts');
      const report = await restoreEmbedded(environment, resolve(file), { secrets, force });
      const { madeAt, migrated, events, faults } = report;
      for (const name of migrated) process.stderr.write(`${name} is applied\n`);
      process.stdout.write(`Restored as it was at ${madeAt}; ${events} sealed events are compared.\n`);
      const [first, ...others] = faults;
      if (first === undefined) return;
      const more = others.length > 0 ? ` ${others.length} more faults: see curfew audit verify.` : '';
      throw new Problem(
        'trail_altered',
        `It is restored, but its trail is not as it was sealed: ${first}${more}`,
      );
    });
}

/** Throws Problem `database_foreign` where the commands work on a database of its own server. */
function readForEmbedded(): Environment {
  const environment = readEnvironment(process.env, 'tool');
  if (environment.databaseUrl === undefined) return environment;
  throw new Problem(
    'database_foreign',
    'CURFEW_DATABASE_URL names a database with tools of its own: use pg_dump and pg_restore, see docs/operations.md.',
  );
}
