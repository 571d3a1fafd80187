import type { Provider } from '../provider/library.ts';
import type { Origin } from '../domain/origin.ts';
import type { CsrfTokens } from '../http/csrf.ts';
import type { EnrolmentVerdict } from '../operations/enrol_totp.ts';
import type { RecoveryVerdict } from '../operations/use_recovery_code.ts';
import type { MissingProofs } from '../operations/recent_proof.ts';
import type { PasskeyOwner, RegistrationVerdict } from '../operations/register_passkey.ts';
import type { PasskeySignInVerdict } from '../operations/sign_in_with_passkey.ts';
import type { PasskeyVerdict } from '../operations/verify_passkey.ts';
import type { FirstFactorOwner } from '../operations/may_set_up_first.ts';
import type { FactorVerdict } from '../operations/verify_totp.ts';
import type { DeviceToken, SignInAttempt } from '../operations/attempt_sign_in.ts';
import type { PageContext } from '../../views/layout.ts';

/** What the pages of the second factor may do. */
export interface SecondFactors {
  /** `disabled`: there is an authenticator, and too many wrong codes turned off each one. */
  totpState(accountId: string): Promise<'none' | 'active' | 'disabled'>;
  verifyTotp(attempt: { accountId: string; code: string }, origin: Origin): Promise<FactorVerdict>;
  useRecoveryCode(attempt: { accountId: string; code: string }, origin: Origin): Promise<RecoveryVerdict>;
  /** The factor was lost: it goes, and every other session with it. */
  removeAll(account: { accountId: string; keeps: string }, origin: Origin): Promise<void>;
  /** Whether the policies let this person set up a first one. */
  maySetUpFirst(owner: FirstFactorOwner): Promise<boolean>;
  /** Whether there is no factor yet, and the password was proved so recently that a first one may be set up. */
  mayEnrol(owner: { accountId: string; sessionId: string }): Promise<boolean>;
  beginEnrolment(
    owner: { accountId: string; sessionId: string },
    label: { issuer: string; account: string },
  ): Promise<{ secret: string; otpauthUri: string }>;
  confirmEnrolment(
    attempt: FirstFactorOwner & { code: string; name: string },
    origin: Origin,
  ): Promise<EnrolmentVerdict>;
}

/** What the pages do with passkeys. Requests are WebAuthn's options as JSON, each for one answer in its interaction. */
export interface InteractionPasskeys {
  has(accountId: string): Promise<boolean>;
  /** What was not proved within five minutes, and must be before a passkey is added. */
  findMissingProofs(owner: PasskeyOwner): Promise<MissingProofs>;
  beginRegistration(owner: PasskeyOwner, serviceName: string): Promise<string | undefined>;
  register(
    attempt: PasskeyOwner & { answer: string; name: string },
    origin: Origin,
  ): Promise<RegistrationVerdict>;
  /** A proof by one of the account's passkeys; undefined: it has none. */
  ask(whose: { accountId: string; interactionId: string }): Promise<string | undefined>;
  verify(
    attempt: { accountId: string; interactionId: string; answer: string },
    origin: Origin,
  ): Promise<PasskeyVerdict>;
  /** A passkey of whoever it is. */
  askWho(interactionId: string): Promise<string>;
  signIn(
    attempt: { interactionId: string; answer: string },
    origin: Origin & { clientId?: string },
  ): Promise<PasskeySignInVerdict>;
}

/** The account as pages show it. */
export interface PageAccount {
  username: string;
  roles: readonly string[];
}

export interface InteractionDependencies {
  findAccount(accountId: string): Promise<PageAccount | undefined>;
  signIn(
    attempt: { username: string; password: string; deviceToken: string | undefined },
    origin: Origin & { clientId?: string },
  ): Promise<SignInAttempt>;
  /** Let the account know this browser, which has just proved to be its owner's. */
  renewDevice(owner: { accountId: string; deviceToken: string | undefined }): Promise<DeviceToken>;
  secondFactors: SecondFactors;
  /** Where who forgot their password asks for a link by mail; undefined: no mail is sent. */
  forgottenPasswordUrl: string | undefined;
  passkeys: InteractionPasskeys;
  currentProvider: () => Provider;
  /** Where the request of an interaction begins anew, whichever browser began it. */
  findBegunRequest(uid: string): Promise<string | undefined>;
  csrf: CsrfTokens;
  /** As configured at this moment. */
  pageContext: () => PageContext;
}
