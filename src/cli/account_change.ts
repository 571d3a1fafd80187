import { readEnvironment } from '../config/environment.ts';
import type { Environment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';
import { findAccountByUsername } from '../store/accounts.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import type { StoredAccount } from '../store/facts_sql.ts';
import { withDatabase } from './open_database.ts';

/** By whom a command changes something. */
export const operator = { actor: 'operator' };

/**
 * Run a change in one transaction and hand on what it gives, once it is committed. One change at a time: what it
 * reads of the configuration is what it rests on, to its end.
 */
export async function changeAccount<Result>(
  work: (tx: Queryable, configuration: LoadedConfiguration, environment: Environment) => Promise<Result>,
): Promise<Result> {
  const environment = readEnvironment(process.env, 'tool');
  return await withDatabase(environment, (database) =>
    database.transaction(async (tx) => {
      await lockConfiguration(tx);
      return await work(tx, await loadConfiguration(tx), environment);
    }),
  );
}

/** Throws Problem `account_unknown`. */
export async function getAccount(tx: Queryable, username: string): Promise<StoredAccount> {
  const found = await findAccountByUsername(tx, username);
  if (!found) throw new Problem('account_unknown', `There is no account named ${username}.`);
  return found.account;
}
