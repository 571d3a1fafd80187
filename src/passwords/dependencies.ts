import type { Origin } from '../domain/origin.ts';
import type { CsrfTokens } from '../http/csrf.ts';
import type { RateLimiter } from '../http/rate_limiter.ts';
import type { OpenedPasswordLink, SetPasswordVerdict } from '../operations/set_password.ts';
import type { PageContext } from '../../views/layout.ts';

export interface PasswordDependencies {
  /** Whether links can be mailed; without it the page for forgotten passwords is not there. */
  sendsMail: boolean;
  /** The same work whether there is such an account or not. */
  requestLink(name: string, origin: Origin): Promise<void>;
  openLink(token: string): Promise<OpenedPasswordLink | undefined>;
  setPassword(change: { token: string; password: string }, origin: Origin): Promise<SetPasswordVerdict>;
  limiter: RateLimiter;
  csrf: CsrfTokens;
  /** As configured at this moment. */
  pageContext: () => PageContext;
}
