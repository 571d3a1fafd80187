import type { Environment } from '../config/environment.ts';
import { openDatabase } from '../store/database.ts';
import type { Database } from '../store/database.ts';

export interface OpenDatabase {
  database: Database;
  /** Where migrations run, as the owner of the tables. */
  ownerUrl: string;
  close(): Promise<void>;
}

/** A pool as the environment describes it. A role given here is taken on after connecting. */
export function openPool(environment: Environment, url: string, role?: string): Database {
  return openDatabase({
    url,
    size: environment.databasePool,
    prepared: environment.databasePrepared,
    ...(role ? { role } : {}),
    onError: (error) => process.stderr.write(`A database connection was lost: ${error.message}\n`),
  });
}
