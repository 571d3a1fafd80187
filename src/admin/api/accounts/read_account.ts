import { defineRoute } from '../route.ts';
import { accountPath, accountSchema, describeAccount, getAccount } from './account_schema.ts';

export const readAccount = defineRoute({
  method: 'GET',
  path: '/accounts/{account_id}',
  operationId: 'readAccount',
  summary: 'One account.',
  scope: 'curfew:read',
  params: accountPath,
  answer: accountSchema,
  isVersioned: true,
  async handle({ tx, path }) {
    const account = await getAccount(tx, path.account_id);
    return { body: describeAccount(account), version: account.version };
  },
});
