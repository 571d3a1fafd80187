import { z } from 'zod';
import type { DesiredUser } from '../../domain/configuration.ts';
import { listSection } from '../section.ts';
import { lineSchema, listSchema, nameSchema, variableSchema } from './names.ts';

/** Characters that a password in the environment must have at least. */
export const leastPasswordLength = 8;

const emailPattern = /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$/;
export const emailSchema = z.string().max(254).regex(emailPattern, { error: 'must be an e-mail address' });

const userSchema = z.strictObject({
  username: lineSchema(200)
    .refine((text) => !/\p{C}/u.test(text), { error: 'must be printable' })
    .meta({ description: 'What the user signs in with; upper and lower case are the same.' }),
  roles: listSchema(nameSchema)
    .meta({ description: 'The roles of the account.', 'x-default': 'as they are' })
    .exactOptional(),
  email: emailSchema.meta({ description: 'The claim `email`.', 'x-default': 'as it is' }).exactOptional(),
  name: lineSchema(200).meta({ description: 'The claim `name`.', 'x-default': 'as it is' }).exactOptional(),
  password_env: variableSchema
    .meta({
      description: `The environment variable that holds the password, at least ${leastPasswordLength} characters.`,
      'x-default': 'the password stays',
    })
    .exactOptional(),
});

export const users = listSection({
  description: 'Demo and test accounts: created or updated, never deleted. In production, `curfew user`.',
  identity: 'username',
  fold: (name) => name.toLowerCase(),
  entry: userSchema,
  references: [{ key: 'roles', kind: 'role' }],
  secrets: {
    password_env: (secret) =>
      secret.length < leastPasswordLength ? `has fewer than ${leastPasswordLength} characters` : undefined,
  },
  build({ password_env: _env, ...user }, _, { secrets }): DesiredUser {
    const password = secrets.get('password_env');
    return { ...user, ...(password === undefined ? {} : { password }) };
  },
});
