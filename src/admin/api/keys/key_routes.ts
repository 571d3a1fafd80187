import { z } from 'zod';
import type { SigningKeyTimes } from '../../../domain/signing_keys.ts';
import { removeSigningKey } from '../../../operations/remove_signing_key.ts';
import { findReadyAt } from '../../../policy/evaluate_key_rotation.ts';
import { listSigningKeyTimes } from '../../../store/signing_keys.ts';
import { defineRoute } from '../route.ts';
import { formatTime, instant } from '../times.ts';

const keySchema = z.object({
  key_id: z.string().meta({ description: 'The `kid` of what it signs.' }),
  purpose: z.enum(['tokens', 'security_events']),
  algorithm: z.string(),
  state: z.enum(['next', 'current', 'previous']),
  published_at: instant,
  ready_at: instant.exactOptional().meta({
    description: 'Of the next key: when every kept copy of the published keys has it, and it may sign.',
  }),
  signs_since: instant.exactOptional(),
  replaced_at: instant.exactOptional(),
  published_until: instant.exactOptional().meta({
    description: 'Of a previous key: when the last of what it signed is over, and it is removed.',
  }),
});
const keyList = z.object({ items: z.array(keySchema) });

export const listKeys = defineRoute({
  method: 'GET',
  path: '/keys',
  operationId: 'listKeys',
  summary:
    'The signing keys: what signs, what will next, and what is still published. There are few: one list.',
  scope: 'curfew:read',
  answer: keyList,
  handle: async ({ tx }) => ({ body: describeKeys((await listSigningKeyTimes(tx)).keys) }),
});

export const rotateKeys = defineRoute({
  method: 'POST',
  path: '/keys/rotate',
  operationId: 'rotateKeys',
  summary: 'Let the next keys sign, and publish others to be the next.',
  scope: 'curfew:write',
  body: z.strictObject({
    force: z.boolean().default(false).meta({
      description: 'Although they may not be known everywhere: tokens may fail to verify for a while.',
    }),
  }),
  answer: keyList,
  problems: ['conflict'],
  isIdempotent: true,
  async handle({ tx, configuration, body, origin }, { rotateSigningKeys }) {
    await rotateSigningKeys(tx, { configuration, mode: body.force ? 'forced' : 'manual' }, origin);
    return { body: describeKeys((await listSigningKeyTimes(tx)).keys) };
  },
});

export const removeKey = defineRoute({
  method: 'DELETE',
  path: '/keys/{key_id}',
  operationId: 'removeKey',
  summary: 'Publish a previous key that leaked no longer: nothing that it signed verifies from now on.',
  scope: 'curfew:write',
  params: z.object({ key_id: z.string().min(1).max(200) }),
  answer: keyList,
  problems: ['conflict'],
  async handle({ tx, path, origin }) {
    await removeSigningKey(tx, path.key_id, origin);
    return { body: describeKeys((await listSigningKeyTimes(tx)).keys) };
  },
});

function describeKeys(keys: readonly SigningKeyTimes[]): z.input<typeof keyList> {
  return { items: keys.map((key) => describeKey(key, keys)) };
}

function describeKey(key: SigningKeyTimes, all: readonly SigningKeyTimes[]): z.input<typeof keySchema> {
  const alike = all.filter(
    ({ purpose, algorithm }) => purpose === key.purpose && algorithm === key.algorithm,
  );
  const readyAt = key.state === 'next' ? findReadyAt(alike) : undefined;
  return {
    key_id: key.keyId,
    purpose: key.purpose as z.input<typeof keySchema>['purpose'],
    algorithm: key.algorithm,
    state: key.state,
    published_at: formatTime(key.createdAt),
    ...(readyAt === undefined ? {} : { ready_at: formatTime(readyAt) }),
    ...(key.activatedAt === null ? {} : { signs_since: formatTime(key.activatedAt) }),
    ...(key.replacedAt === null ? {} : { replaced_at: formatTime(key.replacedAt) }),
    ...(key.publishedUntil === null ? {} : { published_until: formatTime(key.publishedUntil) }),
  };
}
