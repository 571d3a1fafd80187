import { pageByName, pageOf, pageQuery } from '../page.ts';
import { defineRoute } from '../route.ts';
import { clientAnswer, clientPath, describeClient, getVersionedClient } from './client_schema.ts';

export const listClients = defineRoute({
  method: 'GET',
  path: '/clients',
  operationId: 'listClients',
  summary: 'Clients in the order of their ids.',
  scope: 'curfew:read',
  query: pageQuery,
  answer: pageOf(clientAnswer),
  async handle({ configuration, administrator, query }) {
    const { now } = administrator;
    return { body: pageByName(configuration.clients, query, (_, client) => describeClient(client, now)) };
  },
});

export const readClient = defineRoute({
  method: 'GET',
  path: '/clients/{client_id}',
  operationId: 'readClient',
  summary: 'One client.',
  scope: 'curfew:read',
  params: clientPath,
  answer: clientAnswer,
  isVersioned: true,
  async handle({ tx, configuration, administrator, path }) {
    const { client, version } = await getVersionedClient(tx, configuration, path.client_id);
    return { body: describeClient(client, administrator.now), version };
  },
});
