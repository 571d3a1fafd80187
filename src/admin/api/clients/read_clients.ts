import { z } from 'zod';
import { writeCursor } from '../../cursor.ts';
import { pageByName, pageOf, pageQuery } from '../page.ts';
import { defineRoute } from '../route.ts';
import { clientAnswer, clientPath, describeClient, getVersionedClient } from './client_schema.ts';

export const listClients = defineRoute({
  method: 'GET',
  path: '/clients',
  operationId: 'listClients',
  summary: 'Clients in the order of their ids.',
  scope: 'curfew:read',
  query: pageQuery.extend({
    after: z.string().min(1).max(200).exactOptional().meta({
      description: 'Only ids that come after this one; a cursor goes before it.',
    }),
  }),
  answer: pageOf(clientAnswer),
  async handle({ configuration, administrator, query: { after, ...query } }) {
    const { now } = administrator;
    const begins = { ...(after === undefined ? {} : { cursor: writeCursor(after) }), ...query };
    return { body: pageByName(configuration.clients, begins, (_, client) => describeClient(client, now)) };
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
