import type { Context } from 'koa';
import { describeRefusedPasskey } from '../http/describe_refused_passkey.ts';
import { longestCredential, readField } from '../http/forms.ts';
import { keepFactorProof, keepPasswordProof } from '../store/recent_proofs.ts';
import { readNext, showRefusal } from './confirm_page.ts';
import type { AccountDependencies } from './dependencies.ts';
import { seeOther } from '../http/see_other.ts';
import type { Visit } from '../domain/visit.ts';

/**
 * A passkey is the second factor; one that verified its user stands for the password, too. The page it leads
 * on to asks for what is still missing.
 */
export async function confirmByPasskey(
  ctx: Context,
  dependencies: AccountDependencies,
  visit: Visit,
): Promise<void> {
  const {
    accountId,
    origin,
    session: { sessionId },
  } = visit;
  const answer = readField(ctx, 'credential', longestCredential);
  const verdict = await dependencies.passkeys.verify({ accountId, sessionId, answer }, origin);
  if (!verdict.accepted) {
    const error = { field: 'passkey', text: describeRefusedPasskey(verdict.reason) } as const;
    return await showRefusal(ctx, dependencies, visit, { error });
  }
  await dependencies.database.transaction(async (tx) => {
    await keepFactorProof(tx, sessionId);
    if (verdict.userVerified) await keepPasswordProof(tx, sessionId);
  });
  seeOther(ctx, readNext(ctx));
}
