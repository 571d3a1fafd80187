import { z } from 'zod';
import { deleteAccount as deleteStored } from '../../../operations/delete_account.ts';
import {
  disableAccount as disableStored,
  enableAccount as enableStored,
} from '../../../operations/disable_account.ts';
import { endAccountAccess } from '../../../operations/end_account_access.ts';
import { keepAdministrator } from '../../../operations/keep_administrator.ts';
import { removeSecondFactors } from '../../../operations/remove_second_factors.ts';
import { defineRoute } from '../route.ts';
import {
  accountPath,
  accountSchema,
  describeAccount,
  endedSchema,
  getAccount,
  lockAccountFor,
} from './account_schema.ts';

const ofOneAccount = { scope: 'curfew:write', params: accountPath, isVersioned: true } as const;

export const disableAccount = defineRoute({
  ...ofOneAccount,
  method: 'POST',
  path: '/accounts/{account_id}/disable',
  operationId: 'disableAccount',
  summary: 'Disable the account and end all its sessions and families; clients are told.',
  answer: endedSchema,
  problems: ['last_administrator'],
  async handle({ tx, configuration, path, ifMatch, origin }) {
    return await keepAdministrator(tx, configuration, async () => {
      const { accountId } = await lockAccountFor(tx, path.account_id, ifMatch);
      return { body: await disableStored(tx, configuration, accountId, origin) };
    });
  },
});

export const enableAccount = defineRoute({
  ...ofOneAccount,
  method: 'POST',
  path: '/accounts/{account_id}/enable',
  operationId: 'enableAccount',
  summary: 'Enable the account again; nothing that ended is revived.',
  answer: accountSchema,
  async handle({ tx, path, ifMatch, origin }) {
    const { accountId } = await lockAccountFor(tx, path.account_id, ifMatch);
    await enableStored(tx, accountId, origin);
    const account = await getAccount(tx, accountId);
    return { body: describeAccount(account), version: account.version };
  },
});

export const endAccess = defineRoute({
  ...ofOneAccount,
  method: 'POST',
  path: '/accounts/{account_id}/end-access',
  operationId: 'endAccess',
  summary: 'End all sessions and families of the account; clients are told.',
  answer: endedSchema,
  async handle({ tx, configuration, path, ifMatch, origin }) {
    const { accountId } = await lockAccountFor(tx, path.account_id, ifMatch);
    return { body: await endAccountAccess(tx, configuration, accountId, 'ended_by_operator', origin) };
  },
});

export const resetMfa = defineRoute({
  ...ofOneAccount,
  method: 'POST',
  path: '/accounts/{account_id}/reset-mfa',
  operationId: 'resetMfa',
  summary: 'Remove all second factors and recovery codes; all sessions and families end.',
  answer: z.object({ removed: z.number().int() }),
  async handle({ tx, configuration, path, ifMatch, origin }) {
    const { accountId } = await lockAccountFor(tx, path.account_id, ifMatch);
    return { body: { removed: await removeSecondFactors(tx, configuration, { accountId }, origin) } };
  },
});

export const deleteAccount = defineRoute({
  ...ofOneAccount,
  method: 'DELETE',
  path: '/accounts/{account_id}',
  operationId: 'deleteAccount',
  summary: 'End all access, forget the person, and erase them from the audit trail.',
  answer: endedSchema.extend({ events: z.number().int().meta({ description: 'Erased from so many.' }) }),
  problems: ['last_administrator'],
  async handle({ tx, configuration, path, ifMatch, origin }) {
    return await keepAdministrator(tx, configuration, async () => {
      const { accountId } = await lockAccountFor(tx, path.account_id, ifMatch);
      return { body: await deleteStored(tx, configuration, accountId, origin) };
    });
  },
});
