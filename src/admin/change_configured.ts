import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import type { AdminDependencies } from './dependencies.ts';

/**
 * What an operator changes, in the caller's transaction: one change at a time, so that what it reads of the
 * configuration is what it changes, and rests on, to its end.
 */
export async function changeConfigured<Result>(
  tx: Queryable,
  { loadConfiguration }: Pick<AdminDependencies, 'loadConfiguration'>,
  change: (configuration: Configuration) => Promise<Result>,
): Promise<Result> {
  await lockConfiguration(tx);
  return await change(await loadConfiguration(tx));
}

/** The trail tells which operator acted. */
export function actAsOperator(origin: Origin, accountId: string | undefined): Origin {
  return { ...origin, actor: `admin:${accountId ?? ''}` };
}
