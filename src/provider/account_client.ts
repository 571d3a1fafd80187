import type { AdapterPayload, Grant } from 'oidc-provider';
import type Provider from 'oidc-provider';
import type { LoadedConfiguration } from '../store/configuration.ts';
import { acr } from './token_claims.ts';

/** With a space, which no configured identifier has: nothing can take its place. */
export const accountClientId = 'curfew account';

/** The pages that a sign-in for the account area, or for the console, may come back to. */
export const accountPaths = [
  '/account',
  '/account/sessions',
  '/account/activity',
  '/account/security',
  '/console',
] as const;
export type AccountPath = (typeof accountPaths)[number];

/**
 * The account pages of this very server as a client of it, so that whoever comes to them signs in like
 * everybody else: page, second factor, limits, trail. It gets nothing for it (`response_type=none`): what
 * lets people in is their session.
 */
export function accountClient(issuer: string, { branding }: LoadedConfiguration): AdapterPayload {
  return {
    client_id: accountClientId,
    client_name: branding.name ?? 'Curfew',
    redirect_uris: accountPaths.map((path) => issuer + path),
    response_types: ['none'],
    grant_types: [],
    token_endpoint_auth_method: 'none',
    scope: 'openid',
  };
}

/** What the account pages are allowed: to know who it is. Nobody is asked, nothing is stored. */
export function accountGrant(provider: Provider, accountId: string): Grant {
  const grant = new provider.Grant({ accountId, clientId: accountClientId });
  grant.addOIDCScope('openid');
  return grant;
}

export interface AccountSignIn {
  /** Comes back beside the answer, as it is. */
  state?: string;
  /** Ask for a second factor that is no older, in seconds. */
  mfaMaxAge?: number | undefined;
}

/** Where signing in for such a page begins; it ends at that page. */
export function accountSignInUrl(
  issuer: string,
  path: AccountPath,
  { state, mfaMaxAge }: AccountSignIn = {},
): string {
  const query = new URLSearchParams({
    client_id: accountClientId,
    response_type: 'none',
    scope: 'openid',
    redirect_uri: issuer + path,
    ...(state === undefined ? {} : { state }),
    ...(mfaMaxAge === undefined ? {} : { acr_values: acr.mfa, max_age: String(mfaMaxAge) }),
  });
  return `/auth?${query.toString()}`;
}
