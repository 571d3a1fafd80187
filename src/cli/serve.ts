import type { Command } from 'commander';
import pino from 'pino';
import { readEnvironment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';
import { findMissingMigrations, ownsTables } from '../store/schema_state.ts';
import type { Database } from '../store/database.ts';
import { applyAtStart, readConfigurationFile } from './apply_file.ts';
import { openPool } from './open_pool.ts';
import { waitForSignal } from './wait_for_signal.ts';

/** Lines of the log leave together: this much at most waits, and this long. */
const logBufferBytes = 4096;
const logDelayMilliseconds = 200;

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('run in production, behind a TLS proxy; any number of instances share one database')
    .action(async () => {
      const environment = readEnvironment(process.env, 'serve');
      const stopped = waitForSignal();
      const database = openPool(environment, environment.databaseUrl);
      try {
        await assertReady(database);
        if (environment.configPath) {
          const notes = await applyAtStart(database, readConfigurationFile(environment.configPath));
          for (const note of notes) process.stderr.write(`${note}\n`);
        }
        const { issuer, secrets, logLevel } = environment;
        const logTo = pino.destination({ fd: 1, sync: false, minLength: logBufferBytes });
        const flushing = setInterval(() => logTo.flush(), logDelayMilliseconds).unref();
        const { startServer } = await import('./start_server.ts');
        const app = await startServer({ environment, issuer, secrets, database, logTo, logLevel });
        process.stdout.write(`ready ${issuer}\n`);
        await stopped;
        await app.close();
        clearInterval(flushing);
        await new Promise((resolve) => logTo.flush(resolve));
      } finally {
        await database.end();
      }
    });
}

/** Throws Problem `database_behind`, or `database_role` when the role could change tables and not only rows. */
async function assertReady(database: Database): Promise<void> {
  const missing = await findMissingMigrations(database);
  if (missing.length > 0) {
    throw new Problem(
      'database_behind',
      `The database lacks ${missing.length} migrations: run curfew migrate.`,
    );
  }
  if (await ownsTables(database)) {
    const advice = 'Give CURFEW_DATABASE_URL a role that is only a member of curfew_server.';
    throw new Problem('database_role', `The database role owns the tables. ${advice}`);
  }
}
