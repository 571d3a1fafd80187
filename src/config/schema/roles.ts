import { z } from 'zod';
import type { Role } from '../../domain/configuration.ts';
import { mapSection } from '../section.ts';
import { nameSchema } from './names.ts';

export const roles = mapSection({
  description: 'What an account may be, and which policy that brings.',
  name: nameSchema,
  entry: z.strictObject({
    policy: nameSchema.meta({ description: 'The policy of every account with the role.' }).exactOptional(),
  }),
  references: [{ key: 'policy', kind: 'policy' }],
  build: (entry, name): Role => ({ name, ...entry }),
  write: ({ policy }) => (policy === undefined ? {} : { policy }),
});
