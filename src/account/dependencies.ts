import type { Context } from 'koa';
import type { Configuration } from '../domain/configuration.ts';
import type { SessionFacts } from '../domain/facts.ts';
import type { Origin } from '../domain/origin.ts';
import type { CsrfTokens } from '../http/csrf.ts';
import type { EnrolmentVerdict } from '../operations/enrol_totp.ts';
import type { PasskeyOwner, RegistrationVerdict } from '../operations/register_passkey.ts';
import type { PasskeyVerdict } from '../operations/verify_passkey.ts';
import type { FactorVerdict } from '../operations/verify_totp.ts';
import type { Database } from '../store/database.ts';
import type { LoadedSession } from '../store/sessions.ts';
import type { PageContext } from '../../views/layout.ts';

/** The pages that signing in leads back to. */
export type AccountPage = '/account' | '/account/sessions' | '/account/activity' | '/account/security';

/** What needs the key that seals an authenticator's secret. */
export interface Authenticators {
  verifyTotp(attempt: { accountId: string; code: string }, origin: Origin): Promise<FactorVerdict>;
  beginEnrolment(
    owner: { accountId: string; sessionId: string },
    label: { issuer: string; account: string },
  ): Promise<{ secret: string; otpauthUri: string }>;
  confirmEnrolment(
    attempt: { accountId: string; sessionId: string; code: string; name: string },
    origin: Origin,
  ): Promise<EnrolmentVerdict>;
}

/** What needs to know for whom passkeys are made. Requests are WebAuthn's options as JSON. */
export interface Passkeys {
  /** undefined: no more may be added. */
  beginRegistration(owner: PasskeyOwner, serviceName: string): Promise<string | undefined>;
  register(
    attempt: PasskeyOwner & { answer: string; name: string },
    origin: Origin,
  ): Promise<RegistrationVerdict>;
  /** Ask for a proof in this session; undefined: the account has no passkey. */
  ask(owner: PasskeyOwner): Promise<string | undefined>;
  verify(attempt: PasskeyOwner & { answer: string }, origin: Origin): Promise<PasskeyVerdict>;
}

export interface AccountDependencies {
  database: Database;
  authenticators: Authenticators;
  passkeys: Passkeys;
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
