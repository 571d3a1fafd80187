import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { deletePasskey } from '../store/passkeys.ts';
import { lockAccount } from '../store/sessions.ts';
import { passkeyCredentialType } from './register_passkey.ts';
import { settleRemovedFactor } from './settle_removed_factor.ts';

/**
 * Remove one of the account's passkeys; `settleRemovedFactor` says what follows. Returns how many second
 * factors are left; undefined when the account has no passkey of that id.
 */
export async function removePasskey(
  tx: Queryable,
  configuration: Configuration,
  { accountId, passkeyId, keeps }: { accountId: string; passkeyId: string; keeps: string },
  origin: Origin,
): Promise<number | undefined> {
  await lockAccount(tx, accountId);
  const removed = await deletePasskey(tx, { accountId, passkeyId });
  if (!removed) return undefined;
  return await settleRemovedFactor(
    tx,
    configuration,
    {
      accountId,
      factorId: passkeyId,
      keeps,
      method: 'passkey',
      called: 'a passkey',
      credentialType: passkeyCredentialType(removed),
      mail: 'passkey_removed',
    },
    origin,
  );
}
