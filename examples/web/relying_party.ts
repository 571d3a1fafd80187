import * as oidc from 'openid-client';
import { isAnswerLost } from './outage.ts';
import type { Settings } from './settings.ts';
import { holdTokens } from './tokens.ts';
import type { HeldTokens } from './tokens.ts';

/** A sign-in that has left for the server and not come back. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly startedAt: number;
  /** Where the person was: a path of ours. */
  readonly returnTo: string;
  /** The scope that this one asks for beyond the usual ones. */
  readonly stepUpScope: string | undefined;
}

export interface Person {
  readonly sub: string;
  readonly username: string | undefined;
  readonly email: string | undefined;
}

/** This app's dealings with the authorization server. Each may throw what openid-client throws. */
export interface RelyingParty {
  /** `stepUp`: ask for the sensitive scope too. `returnTo`: the path to go on at afterwards. */
  startSignIn(options: { stepUp: boolean; returnTo: string }): Promise<{ url: URL; pending: PendingSignIn }>;
  finishSignIn(
    query: URLSearchParams,
    pending: PendingSignIn,
  ): Promise<{ person: Person; tokens: HeldTokens }>;
  /** After a lost answer the same refresh token is sent once more. `inactiveFor`: seconds since the person was there. */
  refresh(
    person: Person,
    tokens: HeldTokens,
    refreshToken: string,
    inactiveFor?: string,
  ): Promise<HeldTokens>;
  /** Where signing out goes on; undefined if the server has no such place. */
  buildSignOutUrl(tokens: HeldTokens): Promise<URL | undefined>;
}

export function createRelyingParty(settings: Settings, baseUrl: string): RelyingParty {
  const discover = createDiscovery(settings);
  const redirectUri = `${baseUrl}/callback`;
  const resource: Record<string, string> = settings.resource ? { resource: settings.resource } : {};
  return {
    async startSignIn({ stepUp, returnTo }) {
      const configuration = await discover();
      const pending = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
        startedAt: Date.now(),
        returnTo,
        stepUpScope: stepUp ? settings.stepUpScope : undefined,
      };
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: [settings.scope, pending.stepUpScope].filter(Boolean).join(' '),
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
        // OpenID Connect Core §11 asks for it.
        ...(settings.scope.split(' ').includes('offline_access') ? { prompt: 'consent' } : {}),
        ...resource,
      });
      return { url, pending };
    },

    async finishSignIn(query, pending) {
      const configuration = await discover();
      const checks = {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.codeVerifier,
        idTokenExpected: true,
      };
      const currentUrl = new URL(`${redirectUri}?${query.toString()}`);
      const answer = await oidc.authorizationCodeGrant(configuration, currentUrl, checks, resource);
      const tokens = holdTokens(answer, Date.now());
      return { person: await findPerson(configuration, answer), tokens };
    },

    async refresh(person, tokens, refreshToken, inactiveFor) {
      const configuration = await discover();
      const parameters = { ...resource, ...(inactiveFor === undefined ? {} : { inactive_for: inactiveFor }) };
      const send = () => oidc.refreshTokenGrant(configuration, refreshToken, parameters);
      const answer = await send().catch((fault: unknown) => {
        if (isAnswerLost(fault)) return send();
        throw fault;
      });
      const sub = answer.claims()?.sub ?? person.sub;
      if (sub !== person.sub) throw new Error('the refreshed ID token is about somebody else');
      return holdTokens(answer, Date.now(), tokens);
    },

    async buildSignOutUrl({ idToken }) {
      const configuration = await discover();
      if (!configuration.serverMetadata().end_session_endpoint) return undefined;
      return oidc.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: `${baseUrl}/`,
        ...(idToken ? { id_token_hint: idToken } : {}),
      });
    },
  };
}

/** Asked at the first use and until it succeeds, so that this app may start before the server. */
function createDiscovery({ issuer, clientId, clientSecret }: Settings): () => Promise<oidc.Configuration> {
  let discovered: Promise<oidc.Configuration> | undefined;
  const authentication = clientSecret ? oidc.ClientSecretBasic(clientSecret) : oidc.None();
  const options: oidc.DiscoveryRequestOptions = {
    timeout: 10,
    // The settings allow http on loopback only.
    execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
  };
  return () => {
    discovered ??= oidc.discovery(issuer, clientId, undefined, authentication, options).catch((fault) => {
      discovered = undefined;
      throw fault;
    });
    return discovered;
  };
}

/**
 * The ID token names the person if the access token is for an API. If it is for userinfo, that does;
 * a sign-in is good without.
 */
async function findPerson(configuration: oidc.Configuration, answer: SignInAnswer): Promise<Person> {
  const claims = answer.claims();
  const sub = claims?.sub ?? '';
  const named = claims?.preferred_username ?? claims?.email;
  const source = named
    ? claims
    : await oidc.fetchUserInfo(configuration, answer.access_token, sub).catch(() => undefined);
  return { sub, username: text(source?.preferred_username), email: text(source?.email) };
}

type SignInAnswer = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
