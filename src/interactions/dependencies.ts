import type Provider from 'oidc-provider';
import type { Origin } from '../domain/origin.ts';
import type { CsrfTokens } from '../http/csrf.ts';
import type { SignInVerdict } from '../operations/sign_in.ts';
import type { PageContext } from '../../views/layout.ts';

/** The account as pages show it. */
export interface PageAccount {
  username: string;
  roles: readonly string[];
}

export interface InteractionDependencies {
  findAccount(accountId: string): Promise<PageAccount | undefined>;
  signIn(credentials: { username: string; password: string }, origin: Origin & { clientId?: string }): Promise<SignInVerdict>;
  currentProvider: () => Provider;
  csrf: CsrfTokens;
  /** As configured at this moment. */
  pageContext: () => PageContext;
}
