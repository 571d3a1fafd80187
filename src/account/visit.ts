import type { Context } from 'koa';
import type { SessionFacts } from '../domain/facts.ts';
import type { Origin } from '../domain/origin.ts';
import type { Visit } from '../domain/visit.ts';
import type { ProofMoments } from '../policy/counted_proof.ts';
import { evaluateStepUp } from '../policy/evaluate_step_up.ts';
import { sessionLimits } from '../policy/subject_limits.ts';
import type { AccountDependencies } from './dependencies.ts';

/** undefined: nobody is signed in. Enough for signing out; all else takes `findVisit`. */
export async function findSignedIn(
  ctx: Context,
  { findBrowserSession, csrf }: AccountDependencies,
): Promise<(Visit & ProofMoments) | undefined> {
  const found = await findBrowserSession(ctx);
  if (!found) return undefined;
  const { loaded, configuration } = found;
  const { facts: session, roles, now, mfaAt, phrAt } = loaded;
  const csrfToken = csrf.issue(csrfSubject(session));
  const origin = ctx.state.origin as Origin;
  return {
    accountId: session.accountId,
    session,
    roles,
    configuration,
    now,
    origin,
    csrfToken,
    mfaAt,
    phrAt,
  };
}

/**
 * undefined: nobody is signed in, or not as the policy wants it, such as without the second factor that
 * it always asks for. Signing in mends both.
 */
export async function findVisit(
  ctx: Context,
  dependencies: AccountDependencies,
): Promise<(Visit & ProofMoments) | undefined> {
  const signedIn = await findSignedIn(ctx, dependencies);
  if (!signedIn) return undefined;
  const { session, roles, configuration, now, mfaAt, phrAt } = signedIn;
  const question = { scopes: [], roles, signedInAt: session.startedAt, mfaAt, phrAt };
  const asks = { asksForMfa: false, hasMfaAcr: false };
  const limits = sessionLimits(configuration, session, roles);
  const isRefused = evaluateStepUp(configuration, limits, { ...question, ...asks }, now);
  return isRefused ? undefined : signedIn;
}

export function csrfSubject({ sessionId }: SessionFacts): string {
  return `account ${sessionId}`;
}
