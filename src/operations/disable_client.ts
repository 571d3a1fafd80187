import type { Origin } from '../domain/origin.ts';
import { readAuthor } from '../domain/read_author.ts';
import { recordEvent } from '../events/record_event.ts';
import { deleteCodesOfClient } from '../store/authorization_codes.ts';
import { lockExchanges, setClientDisabled } from '../store/clients.ts';
import { bumpConfigurationVersion } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { endClientAccess } from './end_client_access.ts';
import { lockClient } from './lock_client.ts';

/**
 * Disable a client, in a version of the configuration of its own, and end all its families, offline ones too. Its
 * policy goes on binding the sessions that it has a part in: no limit is loosened. Returns how many families ended;
 * a client that is disabled already is left as it is. Throws Problem `client_unknown`.
 */
export async function disableClient(
  tx: Queryable,
  clientId: string,
  origin: Origin,
): Promise<{ families: number }> {
  const { configuration, client } = await lockClient(tx, clientId);
  if (client.disabled) return { families: 0 };
  await lockExchanges(tx, clientId);
  await setClientDisabled(tx, clientId, true);
  const version = await bumpConfigurationVersion(tx, readAuthor(origin));
  const families = await endClientAccess(tx, configuration, clientId, origin);
  await recordEvent(tx, 'client.disabled', { clientId }, origin, { version, families });
  return { families };
}

/**
 * Enable a disabled client again. Nothing is revived: tokens that it got in the moment in which it was disabled, and
 * codes not exchanged yet, go first. Throws Problem `client_unknown`.
 */
export async function enableClient(tx: Queryable, clientId: string, origin: Origin): Promise<void> {
  const { configuration, client } = await lockClient(tx, clientId);
  if (!client.disabled) return;
  await lockExchanges(tx, clientId);
  await endClientAccess(tx, configuration, clientId, origin);
  await deleteCodesOfClient(tx, clientId);
  await setClientDisabled(tx, clientId, false);
  const version = await bumpConfigurationVersion(tx, readAuthor(origin));
  await recordEvent(tx, 'client.enabled', { clientId }, origin, { version });
}
