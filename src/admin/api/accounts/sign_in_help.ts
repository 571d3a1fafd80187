import { z } from 'zod';
import { passwordLinkUrl } from '../../../domain/password_links.ts';
import { issuePasswordLink } from '../../../operations/issue_password_link.ts';
import { unlockAccount as unlockStored } from '../../../operations/unlock_account.ts';
import { findPasswordHash } from '../../../store/accounts.ts';
import { ApiProblem } from '../problem.ts';
import { defineRoute } from '../route.ts';
import { accountPath, lockAccountFor } from './account_schema.ts';

export const createPasswordLink = defineRoute({
  method: 'POST',
  path: '/accounts/{account_id}/password-link',
  operationId: 'createPasswordLink',
  summary: 'A one-time link with which its owner sets a password; the last one is good no more.',
  scope: 'curfew:write',
  params: accountPath,
  answer: z.object({
    url: z.string().meta({ description: 'A secret: whoever opens it sets the password.' }),
    expires_in: z.number().meta({ description: 'Seconds.' }),
  }),
  status: 201,
  problems: ['conflict'],
  isVersioned: true,
  async handle({ tx, path, ifMatch, origin }, { issuer }) {
    const { accountId } = await lockAccountFor(tx, path.account_id, ifMatch);
    const purpose = (await findPasswordHash(tx, accountId)) === undefined ? 'invitation' : 'forgotten';
    const link = await issuePasswordLink(tx, { accountId, purpose }, origin);
    if (!link) throw new ApiProblem('conflict', 'The account is disabled.');
    return { body: { url: passwordLinkUrl(issuer, link), expires_in: link.seconds } };
  },
});

export const unlockAccount = defineRoute({
  method: 'POST',
  path: '/accounts/{account_id}/unlock',
  operationId: 'unlockAccount',
  summary: 'Forget wrong passwords: who has to wait may try again.',
  scope: 'curfew:write',
  params: accountPath,
  answer: z.object({ forgotten: z.number().int() }),
  isVersioned: true,
  async handle({ tx, path, ifMatch, origin }) {
    const account = await lockAccountFor(tx, path.account_id, ifMatch);
    return { body: { forgotten: await unlockStored(tx, account, origin) } };
  },
});
