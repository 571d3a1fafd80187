import { z } from 'zod';
import { durationSchema } from '../../../config/schema/durations.ts';
import { formatDuration } from '../../../domain/durations.ts';
import {
  disableClient as disableStored,
  enableClient as enableStored,
} from '../../../operations/disable_client.ts';
import { removeClient } from '../../../operations/remove_client.ts';
import {
  longestSecretOverlap,
  rotateClientSecret as rotateStored,
  usualSecretOverlap,
} from '../../../operations/rotate_client_secret.ts';
import { defineRoute } from '../route.ts';
import { formatTime, instant } from '../times.ts';
import {
  clientAnswer,
  clientPath,
  describeClient,
  getClientFor,
  getVersionedClient,
} from './client_schema.ts';

const ofOneClient = { method: 'POST', scope: 'curfew:write', params: clientPath, isVersioned: true } as const;

export const disableClient = defineRoute({
  ...ofOneClient,
  path: '/clients/{client_id}/disable',
  operationId: 'disableClient',
  summary: 'Disable the client and end all its families; it is refused everywhere. Sessions stay.',
  answer: clientAnswer.extend({ ended: z.object({ families: z.number().int() }) }),
  async handle({ tx, configuration, administrator, path, ifMatch, origin }, { loadConfiguration }) {
    await getClientFor(tx, configuration, path.client_id, ifMatch);
    const ended = await disableStored(tx, path.client_id, origin);
    const { client, version } = await getVersionedClient(tx, await loadConfiguration(tx), path.client_id);
    return { body: { ...describeClient(client, administrator.now), ended }, version };
  },
});

export const enableClient = defineRoute({
  ...ofOneClient,
  path: '/clients/{client_id}/enable',
  operationId: 'enableClient',
  summary: 'Enable the client again; nothing that ended is revived.',
  answer: clientAnswer,
  async handle({ tx, configuration, administrator, path, ifMatch, origin }, { loadConfiguration }) {
    await getClientFor(tx, configuration, path.client_id, ifMatch);
    await enableStored(tx, path.client_id, origin);
    const { client, version } = await getVersionedClient(tx, await loadConfiguration(tx), path.client_id);
    return { body: describeClient(client, administrator.now), version };
  },
});

export const deleteClient = defineRoute({
  ...ofOneClient,
  method: 'DELETE',
  path: '/clients/{client_id}',
  operationId: 'deleteClient',
  summary:
    'Remove the client, its codes and its event streams, and end all its families. Sessions stay, and what the trail tells of it.',
  answer: z.object({ ended: z.object({ families: z.number().int() }) }),
  async handle({ tx, configuration, path, ifMatch, origin }) {
    await getClientFor(tx, configuration, path.client_id, ifMatch);
    return { body: { ended: await removeClient(tx, path.client_id, origin) } };
  },
});

export const rotateClientSecret = defineRoute({
  ...ofOneClient,
  path: '/clients/{client_id}/rotate-secret',
  operationId: 'rotateClientSecret',
  summary: 'Give the client a new secret, told this once. Nothing ends.',
  body: z.strictObject({
    overlap: durationSchema(0)
      .refine((seconds) => seconds <= longestSecretOverlap, {
        error: `must be at most ${formatDuration(longestSecretOverlap)}`,
      })
      .prefault(formatDuration(usualSecretOverlap))
      .meta({
        description: 'How long the secret before is good as well; `0s` ends it, and all before it, at once.',
      }),
  }),
  answer: z.object({
    client_secret: z.string().meta({ description: 'Only its hash is kept.' }),
    former_ends_at: instant.exactOptional().meta({
      description: 'When the secret before is good no more; absent: it is not already.',
    }),
  }),
  problems: ['conflict'],
  async handle({ tx, configuration, path, body, ifMatch, origin }, { loadConfiguration }) {
    await getClientFor(tx, configuration, path.client_id, ifMatch);
    const rotated = await rotateStored(tx, { clientId: path.client_id, overlap: body.overlap }, origin);
    const { secret, formerEndsAt } = rotated;
    const { version } = await getVersionedClient(tx, await loadConfiguration(tx), path.client_id);
    const ends = formerEndsAt === undefined ? {} : { former_ends_at: formatTime(formerEndsAt) };
    return { body: { client_secret: secret, ...ends }, version };
  },
});
