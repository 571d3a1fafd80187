import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { deleteTokensOfClient } from '../store/access_tokens.ts';
import type { Queryable } from '../store/database.ts';
import { lockOpenFamilies } from '../store/families.ts';
import { readNow } from '../store/sessions.ts';
import { endFamilies } from './end_access.ts';

/**
 * End every family of a client that is removed or disabled, and forget its access tokens without one; sessions
 * stay. Codes not exchanged yet stay too: whoever exchanges one is told. `lockExchanges` comes first, so that no family
 * in flight is missed. Returns how many families ended.
 */
export async function endClientAccess(
  tx: Queryable,
  configuration: Configuration,
  clientId: string,
  origin: Origin,
): Promise<number> {
  const families = await lockOpenFamilies(tx, { clientId });
  await deleteTokensOfClient(tx, clientId);
  const now = await readNow(tx);
  return await endFamilies(tx, configuration, families, { cause: 'client_disabled', now, origin });
}
