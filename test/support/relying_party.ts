import * as oidc from 'openid-client';
import { createFormBrowser } from './browser.ts';
import type { FormBrowser, Person } from './browser.ts';

export const redirectUri = 'http://127.0.0.1:9/callback';

export interface RelyingParty {
  config: oidc.Configuration;
  browser: FormBrowser;
  /** Sign in (or go through single sign-on) and exchange the code. */
  signIn(person: Person, parameters?: Record<string, string>): Promise<Tokens>;
  /** Only as far as the code. */
  authorize(person: Person, parameters?: Record<string, string>): Promise<PendingCode>;
  exchange(pending: PendingCode): Promise<Tokens>;
  refresh(token: string, parameters?: Record<string, string>): Promise<Tokens>;
  /** A raw token request, for what a well-behaved client would not send. */
  token(
    body: Record<string, string> | URLSearchParams,
  ): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
}

export type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;

export interface PendingCode {
  url: URL;
  verifier: string;
  nonce: string;
  state: string;
}

/** An ordinary relying party, by openid-client; each has a browser of its own unless one is given. */
export async function createRelyingParty(
  issuer: string,
  client: { clientId: string; secret?: string },
  browser: FormBrowser = createFormBrowser(issuer),
): Promise<RelyingParty> {
  const authentication = client.secret ? oidc.ClientSecretBasic(client.secret) : oidc.None();
  const config = await oidc.discovery(new URL(issuer), client.clientId, {}, authentication, {
    execute: [oidc.allowInsecureRequests],
  });

  const party: RelyingParty = {
    config,
    browser,
    async authorize(person, parameters = {}) {
      const verifier = oidc.randomPKCECodeVerifier();
      const [nonce, state] = [oidc.randomNonce(), oidc.randomState()];
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile email',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        nonce,
        state,
        ...parameters,
      });
      return { url: await browser.authorize(url, person), verifier, nonce, state };
    },
    exchange: ({ url, verifier, nonce, state }) =>
      oidc.authorizationCodeGrant(config, url, {
        pkceCodeVerifier: verifier,
        expectedNonce: nonce,
        expectedState: state,
      }),
    async signIn(person, parameters) {
      return await party.exchange(await party.authorize(person, parameters));
    },
    refresh: (token, parameters) => oidc.refreshTokenGrant(config, token, parameters),
    async token(body) {
      const headers: Record<string, string> = { accept: 'application/json' };
      const form = new URLSearchParams(body);
      if (client.secret) {
        headers.authorization = `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}`;
      } else form.set('client_id', client.clientId);
      const response = await fetch(`${issuer}/token`, { method: 'POST', body: form, headers });
      return {
        status: response.status,
        body: (await response.json()) as Record<string, unknown>,
        headers: response.headers,
      };
    },
  };
  return party;
}
