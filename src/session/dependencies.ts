import type { Context } from 'koa';
import type { Configuration } from '../domain/configuration.ts';
import type { CsrfTokens } from '../http/csrf.ts';
import type { Database } from '../store/database.ts';
import type { PageContext } from '../../views/layout.ts';

export interface SessionDependencies {
  issuer: string;
  database: Database;
  configurations: {
    /** At most about a second old. */
    current(): Configuration;
    atLeast(version: number): Promise<Configuration>;
  };
  /** The hash of the browser's session cookie, if that was signed by us. */
  readCookieHash(ctx: Context): Buffer | undefined;
  csrf: CsrfTokens;
  pageContext(): PageContext;
  findUsername(accountId: string): Promise<string | undefined>;
}
