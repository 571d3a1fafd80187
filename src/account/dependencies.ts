import type { Context } from 'koa';
import type { Configuration } from '../domain/configuration.ts';
import type { SessionFacts } from '../domain/facts.ts';
import type { CsrfTokens } from '../http/csrf.ts';
import type { Database } from '../store/database.ts';
import type { LoadedSession } from '../store/sessions.ts';
import type { PageContext } from '../../views/layout.ts';

/** The pages that a visit can begin at. */
export type AccountPage = '/account' | '/account/sessions';

export interface AccountDependencies {
  database: Database;
  csrf: CsrfTokens;
  /** As configured at this moment. */
  pageContext: () => PageContext;
  /** The live session of the request's browser, and the configuration it was judged by. */
  findBrowserSession(
    ctx: Context,
  ): Promise<{ loaded: LoadedSession & { facts: SessionFacts }; configuration: Configuration } | undefined>;
  forgetBrowserSession(ctx: Context): void;
  /** Where signing in for a page begins. */
  signInUrl(page: AccountPage): string;
}
