import * as oidc from 'openid-client';
import { Problem } from '../../domain/problems.ts';
import { forgetTokens, readTokens, tokensFile, writeTokens } from './kept_tokens.ts';
import type { KeptTokens } from './kept_tokens.ts';

/** The client that operators sign in with from a command line: public, with the device flow. */
export const operatorsClientId = 'operators';
/** Milliseconds: an access token that ends sooner is refreshed first. */
const shortestLife = 5000;

/** What the person is asked for. */
export interface Wish {
  readonly scope: string;
  /** What a challenge (RFC 9470) says that it takes. */
  readonly acrValues?: string | undefined;
  readonly maxAge?: string | undefined;
}

/** This command's dealings with the server at `url` as an authorization server. */
export interface Authorization {
  /** An access token of an earlier command, refreshed where need be; undefined: there is none that is good. */
  findAccessToken(): Promise<string | undefined>;
  /** Let the person sign in with a browser, wherever that is, and keep the tokens. Ends after the code's time. */
  signIn(wish: Wish): Promise<string>;
  /** Throws `oidc.WWWAuthenticateChallengeError` where a refusal says what it takes. */
  send(accessToken: string, address: URL, method: string, body: string | undefined): Promise<Response>;
  /** Revoke and forget what was kept. */
  signOut(): Promise<void>;
}

/** `tell` gets what the person has to do, in lines. Throws `server_unreachable`, `sign_in_refused`. */
export async function openAuthorization(url: string, tell: (text: string) => void): Promise<Authorization> {
  const file = tokensFile(url);
  const resource = `${url}/admin`;
  const configuration = await discover(new URL(url));

  const keep = (answer: oidc.TokenEndpointResponse, refreshToken?: string): KeptTokens => {
    const tokens = {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? refreshToken,
      expiresAt: Date.now() + (answer.expires_in ?? 0) * 1000,
    };
    writeTokens(file, tokens);
    return tokens;
  };

  return {
    async findAccessToken() {
      const kept = readTokens(file);
      if (!kept || kept.expiresAt > Date.now() + shortestLife) return kept?.accessToken;
      if (kept.refreshToken === undefined) return undefined;
      try {
        const answer = await oidc.refreshTokenGrant(configuration, kept.refreshToken, { resource });
        return keep(answer, kept.refreshToken).accessToken;
      } catch (error) {
        if (!(error instanceof oidc.ResponseBodyError) || error.status >= 500) throw describeRefusal(error);
        tell(`You were signed out: ${error.error_description ?? error.error}\n`);
        return undefined;
      }
    },

    async signIn({ scope, acrValues, maxAge }) {
      try {
        const started = await oidc.initiateDeviceAuthorization(configuration, {
          scope: `openid ${scope}`,
          resource,
          ...(acrValues ? { acr_values: acrValues } : {}),
          ...(maxAge ? { max_age: maxAge } : {}),
        });
        const address = started.verification_uri_complete ?? started.verification_uri;
        tell(`Open ${address}\nand allow it if it shows the code ${started.user_code}.\n`);
        return keep(await oidc.pollDeviceAuthorizationGrant(configuration, started, { resource }))
          .accessToken;
      } catch (error) {
        throw describeRefusal(error);
      }
    },

    async send(accessToken, address, method, body) {
      const headers = new Headers(body === undefined ? {} : { 'content-type': 'application/json' });
      return await oidc.fetchProtectedResource(configuration, accessToken, address, method, body, headers);
    },

    async signOut() {
      const refreshToken = readTokens(file)?.refreshToken;
      if (refreshToken !== undefined) await oidc.tokenRevocation(configuration, refreshToken);
      forgetTokens(file);
    },
  };
}

async function discover(url: URL): Promise<oidc.Configuration> {
  // Without TLS only on this machine.
  const isHere = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const execute = isHere ? [oidc.allowInsecureRequests] : [];
  try {
    return await oidc.discovery(url, operatorsClientId, {}, oidc.None(), { execute });
  } catch (error) {
    throw new Problem('server_unreachable', `${url.href} does not answer as Curfew does: ${reason(error)}.`, {
      cause: error,
    });
  }
}

function describeRefusal(error: unknown): unknown {
  if (!(error instanceof oidc.ResponseBodyError)) return error;
  const hint =
    error.error === 'invalid_client'
      ? ` Its configuration needs the client ${operatorsClientId}, public, with the device flow.`
      : '';
  const why = error.error_description ?? error.error;
  return new Problem('sign_in_refused', `The server refused to sign you in: ${why}.${hint}`, {
    cause: error,
  });
}

/** The innermost message, which names the host or the fault. */
function reason(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? reason(cause) : message;
}
