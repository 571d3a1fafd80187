import { z } from 'zod';
import { formatDuration } from '../../domain/durations.ts';
import type { ScopeDefinition } from '../../domain/configuration.ts';
import { mapSection } from '../section.ts';
import { durationSchema } from './durations.ts';
import { customScopeSchema, lineSchema, listSchema, nameSchema } from './names.ts';

const freshnessSchema = z.strictObject({
  mfa_max_age: durationSchema(1)
    .meta({
      description: 'The oldest proof of a second factor that opens the scope.',
      'x-stricter': 'shorter',
      'x-default': 'as the policies say',
    })
    .exactOptional(),
});

const scopeSchema = z.strictObject({
  description: lineSchema(200).meta({ description: 'What the scope allows, as the consent page says it.' }),
  roles: listSchema(nameSchema)
    .min(1, { error: 'must name a role; leave it out for every account' })
    .meta({
      description: 'Only accounts with one of these roles are granted the scope.',
      'x-stricter': 'set',
      'x-default': 'every account',
    })
    .exactOptional(),
  policy: nameSchema.meta({ description: 'A policy for whatever carries the scope.' }).exactOptional(),
  step_up: z
    .union([z.literal(true), freshnessSchema], {
      error: 'must be true, or { mfa_max_age: 5m } with a duration',
    })
    .meta({
      description: 'The scope needs a fresh proof of a second factor.',
      'x-type': '`true` or mapping',
      'x-stricter': 'set',
      'x-default': 'not needed',
    })
    .exactOptional(),
});

const writeFreshness = (maxAge: number | undefined): true | { mfa_max_age: string } =>
  maxAge === undefined ? true : { mfa_max_age: formatDuration(maxAge) };

export const scopes = mapSection({
  description: 'Scopes beyond those of OpenID Connect.',
  name: customScopeSchema,
  entry: scopeSchema,
  references: [
    { key: 'roles', kind: 'role' },
    { key: 'policy', kind: 'policy' },
  ],
  build({ step_up: stepUp, ...entry }, name): ScopeDefinition {
    if (stepUp === undefined) return { name, ...entry };
    const maxAge = stepUp === true ? undefined : stepUp.mfa_max_age;
    return { name, ...entry, stepUp: maxAge === undefined ? {} : { mfaMaxAge: maxAge } };
  },
  write({ description, roles, policy, stepUp }: ScopeDefinition) {
    return {
      description,
      ...(roles ? { roles: [...roles] } : {}),
      ...(policy === undefined ? {} : { policy }),
      ...(stepUp ? { step_up: writeFreshness(stepUp.mfaMaxAge) } : {}),
    };
  },
});
