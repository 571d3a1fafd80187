import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Queryable } from '../store/database.ts';
import { renamePasskey as writeName } from '../store/passkeys.ts';
import { defaultPasskeyName } from './register_passkey.ts';

/** Give one of the account's passkeys another name; false when it has none of that id. */
export async function renamePasskey(
  tx: Queryable,
  { accountId, passkeyId, name }: { accountId: string; passkeyId: string; name: string },
  origin: Origin,
): Promise<boolean> {
  if (!(await writeName(tx, { accountId, passkeyId, name: name || defaultPasskeyName }))) return false;
  await recordEvent(tx, 'factor.renamed', { accountId }, origin, { method: 'passkey', factor_id: passkeyId });
  return true;
}
