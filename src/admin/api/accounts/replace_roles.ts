import { z } from 'zod';
import { nameSchema } from '../../../config/schema/names.ts';
import { keepAdministrator } from '../../../operations/keep_administrator.ts';
import { setRoles } from '../../../operations/set_roles.ts';
import { defineRoute } from '../route.ts';
import { accountPath, accountSchema, describeAccount, getAccount, lockAccountFor } from './account_schema.ts';

export const replaceRoles = defineRoute({
  method: 'PUT',
  path: '/accounts/{account_id}/roles',
  operationId: 'replaceRoles',
  summary: 'Replace the roles; what is already over under the old ones ends first.',
  scope: 'curfew:write',
  params: accountPath,
  body: z.strictObject({ roles: z.array(nameSchema).max(100) }),
  answer: accountSchema,
  problems: ['last_administrator'],
  isVersioned: true,
  async handle({ tx, configuration, path, body, ifMatch, origin }) {
    const account = await keepAdministrator(tx, configuration, async () => {
      const before = await lockAccountFor(tx, path.account_id, ifMatch);
      await setRoles(tx, configuration, before, body.roles, origin);
      return await getAccount(tx, path.account_id);
    });
    return { body: describeAccount(account), version: account.version };
  },
});
