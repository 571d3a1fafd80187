import { z } from 'zod';
import type { ResourceDefinition } from '../../domain/configuration.ts';
import { mapSection } from '../section.ts';
import { resourceSchema } from './addresses.ts';
import { customScopeSchema, listSchema, nameSchema } from './names.ts';

export const resources = mapSection({
  description:
    'Resource servers (RFC 8707) by their identifiers; access tokens for them are JWTs (RFC 9068).',
  name: resourceSchema,
  entry: z.strictObject({
    scopes: listSchema(customScopeSchema).meta({ description: 'The scopes that the resource understands.' }),
    policy: nameSchema.meta({ description: 'A policy for whatever reaches the resource.' }).exactOptional(),
  }),
  references: [
    { key: 'scopes', kind: 'scope' },
    { key: 'policy', kind: 'policy' },
  ],
  build: (entry, identifier): ResourceDefinition => ({ identifier, ...entry }),
  write: ({ scopes, policy }) => ({ scopes: [...scopes], ...(policy === undefined ? {} : { policy }) }),
});
