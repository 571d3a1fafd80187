import { z } from 'zod';
import { lineSchema, nameSchema } from '../../../config/schema/names.ts';
import { addAccount } from '../../../operations/add_account.ts';
import { defineRoute } from '../route.ts';
import { accountSchema, describeAccount, getAccount } from './account_schema.ts';

export const createAccount = defineRoute({
  method: 'POST',
  path: '/accounts',
  operationId: 'createAccount',
  summary: 'Create an account, without a password.',
  scope: 'curfew:write',
  body: z.strictObject({
    username: lineSchema(200),
    name: lineSchema(200).exactOptional(),
    email: z.email().max(254).exactOptional(),
    roles: z.array(nameSchema).max(100).default([]),
  }),
  answer: accountSchema,
  status: 201,
  problems: ['conflict'],
  isIdempotent: true,
  async handle({ tx, configuration, body, origin }) {
    const accountId = await addAccount(tx, configuration, body, origin);
    const account = await getAccount(tx, accountId);
    return { body: describeAccount(account), version: account.version };
  },
});
