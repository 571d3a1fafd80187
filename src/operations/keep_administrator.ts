import type { Configuration } from '../domain/configuration.ts';
import { Problem } from '../domain/problems.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { hasAdministrator } from './has_administrator.ts';

/**
 * Make a change to an account, and undo it where it takes the last administrator away: nobody could change
 * anything through the API afterwards. Where there was none before, there is none to keep. One such change at a
 * time; `configuration` is to be read under the same lock. Throws Problem `last_administrator`.
 */
export async function keepAdministrator<Result>(
  tx: Queryable,
  configuration: Pick<Configuration, 'scopes'>,
  change: () => Promise<Result>,
): Promise<Result> {
  await lockConfiguration(tx);
  const hadOne = await hasAdministrator(tx, configuration);
  const result = await change();
  if (hadOne && !(await hasAdministrator(tx, configuration)))
    throw new Problem(
      'last_administrator',
      'No administrator would be left. Give somebody else the role first.',
    );
  return result;
}
