import { z } from 'zod';
import { durationSchema } from '../../../config/schema/durations.ts';
import { formatDuration } from '../../../domain/durations.ts';
import { longestLink, passwordLinkUrl } from '../../../domain/password_links.ts';
import type { PasswordLinkPurpose } from '../../../domain/password_links.ts';
import { issuePasswordLink } from '../../../operations/issue_password_link.ts';
import { queueLinkMail } from '../../../operations/request_password_link.ts';
import { unlockAccount as unlockStored } from '../../../operations/unlock_account.ts';
import { findPasswordHash } from '../../../store/accounts.ts';
import type { Queryable } from '../../../store/database.ts';
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
  body: z.strictObject({
    valid_for: durationSchema(1)
      .refine((seconds) => seconds <= longestLink, {
        error: `must be at most ${formatDuration(longestLink)}`,
      })
      .exactOptional()
      .meta({ description: 'How long it is good for, at most `7d`; absent: as long as such links are.' }),
  }),
  isBodyOptional: true,
  answer: z.object({
    url: z.string().meta({ description: 'A secret: whoever opens it sets the password.' }),
    expires_in: z.number().meta({ description: 'Seconds.' }),
  }),
  status: 201,
  problems: ['conflict'],
  isVersioned: true,
  async handle({ tx, path, body, ifMatch, origin }, { issuer }) {
    const { accountId } = await lockAccountFor(tx, path.account_id, ifMatch);
    const purpose = await choosePurpose(tx, accountId);
    const link = await issuePasswordLink(
      tx,
      { accountId, purpose, seconds: body.valid_for, byOperator: true },
      origin,
    );
    if (!link) throw new ApiProblem('conflict', 'The account is disabled.');
    return { body: { url: passwordLinkUrl(issuer, link), expires_in: link.seconds } };
  },
});

export const mailPasswordLink = defineRoute({
  method: 'POST',
  path: '/accounts/{account_id}/password-mail',
  operationId: 'mailPasswordLink',
  summary: 'The same, mailed to its owner: nobody else sees the link.',
  scope: 'curfew:write',
  params: accountPath,
  answer: z.object({ mailed_to: z.string() }),
  problems: ['conflict'],
  isVersioned: true,
  async handle({ tx, path, ifMatch, origin }, { sendsMail }) {
    const { accountId, email, disabled } = await lockAccountFor(tx, path.account_id, ifMatch);
    if (disabled) throw new ApiProblem('conflict', 'The account is disabled.');
    if (!sendsMail) throw new ApiProblem('conflict', 'The server has no mail server.');
    if (email === undefined) throw new ApiProblem('conflict', 'The account has no e-mail address.');
    await queueLinkMail(tx, { accountId, purpose: await choosePurpose(tx, accountId) }, origin);
    return { body: { mailed_to: email } };
  },
});

async function choosePurpose(tx: Queryable, accountId: string): Promise<PasswordLinkPurpose> {
  return (await findPasswordHash(tx, accountId)) === undefined ? 'invitation' : 'forgotten';
}

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
