import type { Context } from 'koa';
import type { Visit } from '../../domain/visit.ts';
import type { ProofMoments } from '../../policy/counted_proof.ts';
import type { PageContext } from '../../../views/layout.ts';
import type { AdminDependencies } from '../dependencies.ts';

/** Somebody signed in, as the account pages find them. */
export interface Visitor extends Visit, ProofMoments {}

export interface ConsoleDependencies
  extends Pick<
    AdminDependencies,
    'issuer' | 'database' | 'configuration' | 'loadConfiguration' | 'fixedFacts' | 'rotateSigningKeys'
  > {
  /** As configured at this moment. */
  pageContext(): PageContext;
  /** undefined: nobody is signed in, or not as the policy wants it. */
  findVisitor(ctx: Context): Promise<Visitor | undefined>;
  isCsrfToken(visitor: Visitor, token: string): boolean;
  /** Where signing in begins, or a step-up to a second factor that is no older than so many seconds; it ends at `state`. */
  signInUrl(wish: { state: string; mfaMaxAge?: number | undefined }): string;
}
