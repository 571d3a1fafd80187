import { z } from 'zod';
import type { ClientDefinition, Configuration } from '../../../domain/configuration.ts';
import type { Instant } from '../../../domain/instants.ts';
import { findEntryVersion } from '../../../store/configuration_history.ts';
import type { Queryable } from '../../../store/database.ts';
import { ApiProblem } from '../problem.ts';
import { formatTime, instant } from '../times.ts';

export const clientPath = z.object({ client_id: z.string().min(1).max(200) });

export const clientAnswer = z.object({
  client_id: z.string(),
  metadata: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Under its registered names, without secrets.' }),
  policy: z.string().exactOptional(),
  trusted: z.boolean(),
  refresh_rotation: z.boolean(),
  web_origins: z.array(z.string()),
  disabled: z.boolean(),
  has_secret: z.boolean(),
  former_secrets_end_at: z.array(instant).meta({
    description: 'When each of the secrets that it had before, and that are still good, is good no more.',
  }),
});

/** As a change answers that may make a secret. */
export const clientWithSecret = clientAnswer.extend({
  client_secret: z.string().exactOptional().meta({
    description: 'A new secret, told only now: only its hash is kept. Absent: none was made.',
  }),
});

export function describeClient(client: ClientDefinition, now: Instant): z.input<typeof clientAnswer> {
  const { clientId, metadata, policy, trusted, refreshRotation, webOrigins, disabled } = client;
  return {
    client_id: clientId,
    metadata,
    ...(policy === undefined ? {} : { policy }),
    trusted,
    refresh_rotation: refreshRotation,
    web_origins: [...webOrigins],
    disabled,
    has_secret: client.secretHash !== undefined,
    former_secrets_end_at: (client.formerSecrets ?? []).flatMap(({ endsAt }) =>
      now < endsAt ? [formatTime(endsAt)] : [],
    ),
  };
}

export interface VersionedClient {
  client: ClientDefinition;
  version: number | undefined;
}

/** A client, and the version of the configuration that changed it last. Throws `not_found`. */
export async function getVersionedClient(
  db: Queryable,
  { clients, version: upTo }: Pick<Configuration, 'clients' | 'version'>,
  clientId: string,
): Promise<VersionedClient> {
  const client = clients.get(clientId);
  if (!client) throw new ApiProblem('not_found', 'There is no such client.');
  return { client, version: await findEntryVersion(db, { section: 'clients', name: clientId, upTo }) };
}

/** The client that a change is for. Throws `not_found`, and `precondition_failed` for another version than was read. */
export async function getClientFor(
  db: Queryable,
  configuration: Pick<Configuration, 'clients' | 'version'>,
  clientId: string,
  ifMatch: string | undefined,
): Promise<ClientDefinition> {
  const { client, version } = await getVersionedClient(db, configuration, clientId);
  if (ifMatch !== undefined && ifMatch !== String(version))
    throw new ApiProblem('precondition_failed', 'The client was changed since it was read. Read it again.');
  return client;
}
