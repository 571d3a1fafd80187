import type { z } from 'zod';
import { clientSchema } from '../../../config/schema/clients.ts';
import type { ClientDefinition, DesiredClient } from '../../../domain/configuration.ts';
import type { Instant } from '../../../domain/instants.ts';
import { addClient } from '../../../operations/add_client.ts';
import { applyConfiguration } from '../../../operations/apply_configuration.ts';
import { findEntryVersion } from '../../../store/configuration_history.ts';
import { desireClient } from '../../desire_client.ts';
import { defineRoute } from '../route.ts';
import type { Answer } from '../route.ts';
import {
  clientPath,
  clientWithSecret,
  describeClient,
  getClientFor,
  getVersionedClient,
} from './client_schema.ts';
import type { VersionedClient } from './client_schema.ts';

const { token_endpoint_auth_method: method } = clientSchema.shape;
/** As in the configuration file, but for where a secret comes from: here it is made. */
const newClient = clientSchema
  .omit({ client_secret_env: true, client_secret_sha256: true, client_secret_stored: true })
  .extend({
    token_endpoint_auth_method: method.meta({
      description:
        'How the client proves who it is. Absent: `private_key_jwt` with keys, else `client_secret_basic` (RFC 7591 §2).',
    }),
  });
const changedClient = newClient.omit({ client_id: true });

export const createClient = defineRoute({
  method: 'POST',
  path: '/clients',
  operationId: 'createClient',
  summary: 'Create a client. A secret, where its authentication takes one, is made and told this once.',
  scope: 'curfew:write',
  body: newClient,
  answer: clientWithSecret,
  status: 201,
  problems: ['conflict'],
  async handle({ tx, configuration, administrator, body, origin }) {
    const entry = withMethod(body);
    const wanted = desireClient(configuration, entry, usesSecret(entry) ? 'new' : 'none');
    await addClient(tx, wanted.client, origin, configuration);
    const client = { ...wanted.client, disabled: false };
    // That which added it: nothing else need be read again.
    const version = await findEntryVersion(tx, { section: 'clients', name: client.clientId });
    return answerStored({ client, version }, wanted.secret, administrator.now);
  },
});

export const replaceClient = defineRoute({
  method: 'PUT',
  path: '/clients/{client_id}',
  operationId: 'replaceClient',
  summary:
    'Replace what is configured of a client; what is already over under it ends first. Its secret stays, or goes with an authentication that takes none; one that is lacking is made and told this once.',
  scope: 'curfew:write',
  params: clientPath,
  body: changedClient,
  answer: clientWithSecret,
  isVersioned: true,
  async handle({ tx, configuration, administrator, path, body, ifMatch, origin }, { loadConfiguration }) {
    const { client_id: clientId } = path;
    const before = await getClientFor(tx, configuration, clientId, ifMatch);
    const entry = withMethod({ ...body, client_id: clientId });
    const kept = before.secretHash ? 'stored' : 'new';
    const wanted = desireClient(configuration, entry, usesSecret(entry) ? kept : 'none');
    const clients = new Map<string, DesiredClient | ClientDefinition>(configuration.clients);
    await applyConfiguration(
      tx,
      { clients: clients.set(clientId, wanted.client) },
      { origin, current: configuration },
    );
    const stored = await getVersionedClient(tx, await loadConfiguration(tx), clientId);
    return answerStored(stored, wanted.secret, administrator.now);
  },
});

type Entry = z.output<typeof newClient>;

function withMethod(entry: Entry) {
  const hasKeys = entry.jwks !== undefined || entry.jwks_uri !== undefined;
  const usual = hasKeys ? ('private_key_jwt' as const) : ('client_secret_basic' as const);
  return { ...entry, token_endpoint_auth_method: entry.token_endpoint_auth_method ?? usual };
}

function usesSecret(entry: ReturnType<typeof withMethod>): boolean {
  return entry.token_endpoint_auth_method.startsWith('client_secret_');
}

function answerStored(
  { client, version }: VersionedClient,
  secret: string | undefined,
  now: Instant,
): Answer<z.input<typeof clientWithSecret>> {
  return {
    body: { ...describeClient(client, now), ...(secret === undefined ? {} : { client_secret: secret }) },
    version,
  };
}
