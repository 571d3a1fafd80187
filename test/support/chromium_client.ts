import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oidc from 'openid-client';
import type { Page } from 'playwright-core';
import type { Tokens } from './relying_party.ts';

/** Where the client lives: an origin of its own, on another site than the issuer. */
export interface ClientSite {
  origin: string;
  redirectUri: string;
  /** Every address that browsers came to, oldest first. */
  visits: URL[];
  stop(): Promise<void>;
}

/** An app in a real browser: it answers at its redirect URI, so that the way back can be walked. */
export interface BrowserClient {
  config: oidc.Configuration;
  /** Send the browser to the issuer; it stops at the first page that needs somebody, or back at the client. */
  goToIssuer(page: Page, parameters?: Record<string, string>): Promise<void>;
  /** Wait until the browser is back at the redirect URI; its address, with the answer. */
  awaitReturn(page: Page): Promise<URL>;
  /** The tokens for the code in that address. */
  exchange(url: URL): Promise<Tokens>;
  /** The username of whoever the tokens are for, from userinfo. */
  nameOwner(tokens: Tokens): Promise<string | undefined>;
}

const answer = '<!doctype html><html lang="en"><title>Client</title><h1>Back at the client</h1></html>';

export async function startClientSite(): Promise<ClientSite> {
  const visits: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin);
    // Browsers ask for an icon by themselves.
    if (url.pathname !== '/favicon.ico') visits.push(url);
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    redirectUri: `${origin}/callback`,
    visits,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function createBrowserClient(
  issuer: string,
  { clientId, secret }: { clientId: string; secret: string },
  { redirectUri }: ClientSite,
): Promise<BrowserClient> {
  const config = await oidc.discovery(new URL(issuer), clientId, {}, oidc.ClientSecretBasic(secret), {
    execute: [oidc.allowInsecureRequests],
  });
  /** By `state`. */
  const pending = new Map<string, { pkceCodeVerifier: string; expectedNonce: string }>();
  return {
    config,
    async goToIssuer(page, parameters = {}) {
      const [verifier, nonce, state] = [
        oidc.randomPKCECodeVerifier(),
        oidc.randomNonce(),
        oidc.randomState(),
      ];
      pending.set(state, { pkceCodeVerifier: verifier, expectedNonce: nonce });
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile email',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        nonce,
        state,
        ...parameters,
      });
      await page.goto(url.href);
    },
    async awaitReturn(page) {
      await page.waitForURL((url) => `${url.origin}${url.pathname}` === redirectUri);
      return new URL(page.url());
    },
    async exchange(url) {
      const expectedState = url.searchParams.get('state') ?? '';
      return await oidc.authorizationCodeGrant(config, url, { ...pending.get(expectedState), expectedState });
    },
    async nameOwner(tokens) {
      const subject = tokens.claims()?.sub ?? '';
      const { preferred_username: name } = await oidc.fetchUserInfo(config, tokens.access_token, subject);
      return name;
    },
  };
}
