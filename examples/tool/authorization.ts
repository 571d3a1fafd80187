import * as oidc from 'openid-client';
import type { KeptTokens } from './tokens_file.ts';

/** What the user is asked for. */
export interface Wish {
  readonly scope: string;
  /** What an API's challenge (RFC 9470) says that it takes. */
  readonly acrValues?: string | undefined;
  readonly maxAge?: string | undefined;
}

/** This tool's dealings with the authorization server. */
export interface Authorization {
  /** Let the user sign in somewhere else; `show` is told where, and with which code. */
  signIn(wish: Wish, show: (address: string, code: string) => void): Promise<KeptTokens>;
  /** undefined: the server refuses, and says why to `explain`. */
  refresh(refreshToken: string, explain: (reason: string) => void): Promise<KeptTokens | undefined>;
  revoke(refreshToken: string): Promise<void>;
  /** Ask the API. A refusal that says what it takes is an `oidc.WWWAuthenticateChallengeError`. */
  send(accessToken: string, address: URL, method: string): Promise<Response>;
}

export async function createAuthorization(
  issuer: string,
  clientId: string,
  resource: string,
): Promise<Authorization> {
  const url = new URL(issuer);
  // Without TLS only on this machine.
  const execute =
    url.protocol === 'http:' && url.hostname === 'localhost' ? [oidc.allowInsecureRequests] : [];
  const configuration = await oidc.discovery(url, clientId, {}, oidc.None(), { execute });
  return {
    async signIn({ scope, acrValues, maxAge }, show) {
      const started = await oidc.initiateDeviceAuthorization(configuration, {
        scope,
        resource,
        ...(acrValues ? { acr_values: acrValues } : {}),
        ...(maxAge ? { max_age: maxAge } : {}),
      });
      show(started.verification_uri_complete ?? started.verification_uri, started.user_code);
      return keep(await oidc.pollDeviceAuthorizationGrant(configuration, started, { resource }));
    },

    async refresh(refreshToken, explain) {
      try {
        return keep(await oidc.refreshTokenGrant(configuration, refreshToken, { resource }), refreshToken);
      } catch (fault) {
        if (!(fault instanceof oidc.ResponseBodyError) || fault.status >= 500) throw fault;
        explain(fault.error_description ?? fault.error);
        return undefined;
      }
    },

    revoke: (refreshToken) => oidc.tokenRevocation(configuration, refreshToken),
    send: (accessToken, address, method) =>
      oidc.fetchProtectedResource(configuration, accessToken, address, method),
  };
}

function keep(answer: oidc.TokenEndpointResponse, refreshToken?: string): KeptTokens {
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? refreshToken,
    expiresAt: Date.now() + (answer.expires_in ?? 0) * 1000,
  };
}
