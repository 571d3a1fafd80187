import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { recordEvent } from '../events/record_event.ts';
import { deleteTokensWithoutFamily } from '../store/access_tokens.ts';
import { deleteOpenCodesOfClient } from '../store/authorization_codes.ts';
import type { Queryable } from '../store/database.ts';
import { lockOpenFamilies } from '../store/families.ts';
import { deleteGrants } from '../store/grants.ts';
import { lockAccount, readNow } from '../store/sessions.ts';
import { endFamilies } from './end_access.ts';

/**
 * Take back what an account allowed a client: all its families end, offline ones too, and grants, codes
 * not exchanged yet and access tokens go. The client must ask for consent again. Locks the account first.
 * Returns false, and changes nothing, where the client had nothing of this account.
 */
export async function withdrawConsent(
  tx: Queryable,
  configuration: Configuration,
  { accountId, clientId }: { accountId: string; clientId: string },
  origin: Origin,
): Promise<boolean> {
  await lockAccount(tx, accountId);
  const families = (await lockOpenFamilies(tx, { accountId })).filter(
    ({ family }) => family.clientId === clientId,
  );
  const grants = await deleteGrants(tx, accountId, clientId);
  if (families.length === 0 && grants === 0) return false;
  await deleteOpenCodesOfClient(tx, accountId, clientId);
  await deleteTokensWithoutFamily(tx, accountId, clientId);
  const now = await readNow(tx);
  const ended = await endFamilies(tx, configuration, families, { cause: 'consent_withdrawn', now, origin });
  await recordEvent(tx, 'consent.withdrawn', { accountId, clientId }, origin, { families: ended });
  return true;
}
