import { errors } from 'oidc-provider';
import type { End } from '../domain/facts.ts';
import { describeDuration } from '../domain/durations.ts';
import type { RefusalReason } from '../domain/reasons.ts';

/** What a person can do about each refusal. Plain ASCII, nothing an attacker could use. */
const sentences: Record<RefusalReason, string | ((end: End | undefined) => string)> = {
  unknown_token: 'the token or code is not valid for this client. Sign in again.',
  reuse_detected: 'this token was used before, so access has ended to be safe. Sign in again.',
  code_reused: 'this authorization code was used before, so access has ended to be safe. Sign in again.',
  idle_timeout: (end) => `no activity for ${describeLimit(end)}. Sign in again.`,
  absolute_timeout: (end) => `access ends ${describeLimit(end)} after it was given. Sign in again.`,
  revoked: 'access was revoked. Sign in again.',
  signed_out: 'the user signed out. Sign in again.',
  replaced: 'another account signed in, in the same browser. Sign in again.',
  session_limit:
    'the account has too many sessions, and this one was the least recently used. Sign in again.',
  session_ended: 'the session it belonged to has ended. Sign in again.',
  account_disabled: 'the account is disabled. Ask an operator.',
  client_disabled: 'the application is disabled. Ask an operator.',
  credential_changed: 'a credential of the account was changed. Sign in again.',
  consent_withdrawn: 'the user withdrew the consent. Sign in again.',
  ended_by_operator: 'an operator ended it. Sign in again.',
  lease_over: (end) => `the lease of ${describeLimit(end)} ended without recent activity. Sign in again.`,
  mfa_required: 'the policy asks for a second factor. Sign in again with it.',
  mfa_stale: 'the last proof of a second factor is too old for a requested scope. Sign in again with it.',
  scope_withdrawn: 'the account no longer has the role for a requested scope.',
};

function describeLimit(end: End | undefined): string {
  return end?.limit === undefined ? 'too long' : describeDuration(end.limit);
}

/** `<code>: <sentence>`, the `error_description` of a refused token request. */
export function describeRefusal(code: RefusalReason, end?: End): string {
  const sentence = sentences[code];
  return `${code}: ${typeof sentence === 'string' ? sentence : sentence(end)}`;
}

const scopeRefusals = new Set<RefusalReason>(['mfa_stale', 'scope_withdrawn']);

/** The protocol error of a refusal: `invalid_grant`, or `invalid_scope` where only a scope is in the way. */
export function refusalError(code: RefusalReason, end?: End): Error {
  const error = scopeRefusals.has(code) ? 'invalid_scope' : 'invalid_grant';
  return new errors.CustomOIDCProviderError(error, describeRefusal(code, end));
}

/** All access of the account ended after its sign-in was proved and before it came: only another sign-in will do. */
export function overtakenError(): Error {
  return Object.assign(new Error('All access of the account ended after this sign-in.'), { status: 403 });
}

/** Another request was first, and changed what this one rests on: its page must be loaded again. */
export function outdatedError(what: string): Error {
  return Object.assign(new Error(`The ${what} changed while it was being used.`), { status: 409 });
}
