import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { deleteTotpFactor } from '../store/second_factors.ts';
import { lockAccount } from '../store/sessions.ts';
import { settleRemovedFactor } from './settle_removed_factor.ts';

/**
 * Remove one of the account's authenticators; `settleRemovedFactor` says what follows. Returns how many
 * second factors are left; undefined when the account has no authenticator of that id.
 */
export async function removeTotpFactor(
  tx: Queryable,
  configuration: Configuration,
  { accountId, factorId, keeps }: { accountId: string; factorId: string; keeps: string },
  origin: Origin,
): Promise<number | undefined> {
  await lockAccount(tx, accountId);
  if (!(await deleteTotpFactor(tx, { accountId, factorId }))) return undefined;
  return await settleRemovedFactor(
    tx,
    configuration,
    {
      accountId,
      factorId,
      keeps,
      method: 'otp',
      called: 'an authenticator app',
      credentialType: 'app',
      mail: 'factor_removed',
    },
    origin,
  );
}
