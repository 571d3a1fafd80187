import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';

export interface HeldTokens {
  readonly sub: string;
  readonly name: string;
  /** The session at the authorization server. */
  readonly sid: string | undefined;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly idToken: string;
  readonly scope: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A sign-in that has left for the server and not come back. */
export interface PendingSignIn {
  readonly codeVerifier: string;
  readonly nonce: string;
}

/** What is asked for beyond the usual: what the API's challenge said. */
export interface Wish {
  /** Beside those that somebody has already. */
  readonly scopes: readonly (string | undefined)[];
  readonly acrValues?: string | undefined;
  readonly maxAge?: string | undefined;
}

/** This backend's dealings with the authorization server. */
export interface RelyingParty {
  startSignIn(wish: Wish): Promise<{ url: URL; state: string; pending: PendingSignIn }>;
  finishSignIn(currentUrl: URL, state: string, pending: PendingSignIn): Promise<HeldTokens>;
  /** Throws `oidc.ResponseBodyError` where the server refuses: the person has to sign in again. */
  refresh(tokens: HeldTokens): Promise<HeldTokens>;
  buildSignOutUrl(tokens: HeldTokens): Promise<URL>;
  /** Whose session is over, by a logout token (OpenID Connect Back-Channel Logout §2.6). Throws if it is none. */
  readLogoutToken(token: string): Promise<{ sid?: string | undefined; sub?: string | undefined }>;
}

export interface Settings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where browsers find this app. */
  readonly origin: string;
  /** The API, which is also the resource (RFC 8707) that tokens are for. */
  readonly api: string;
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
/** Seconds for which a logout token may be old. */
const logoutTokenAge = 120;

export function createRelyingParty({ issuer, clientId, clientSecret, origin, api }: Settings): RelyingParty {
  let discovered: Promise<oidc.Configuration> | undefined;
  /** Asked at the first use and until it succeeds, so that this app may start before the server. */
  async function discover(): Promise<oidc.Configuration> {
    const url = new URL(issuer);
    // Without TLS only on this machine.
    const execute =
      url.protocol === 'http:' && url.hostname === 'localhost' ? [oidc.allowInsecureRequests] : [];
    discovered ??= oidc.discovery(url, clientId, {}, oidc.ClientSecretBasic(clientSecret), { execute });
    discovered.catch(() => (discovered = undefined));
    return await discovered;
  }

  return {
    async startSignIn({ scopes, acrValues, maxAge }) {
      const [state, nonce, codeVerifier] = [
        oidc.randomState(),
        oidc.randomNonce(),
        oidc.randomPKCECodeVerifier(),
      ];
      const url = oidc.buildAuthorizationUrl(await discover(), {
        redirect_uri: `${origin}/callback`,
        scope: [...new Set(['openid profile reports.read', ...scopes].join(' ').trim().split(/ +/))].join(
          ' ',
        ),
        resource: api,
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        ...(acrValues ? { acr_values: acrValues } : {}),
        ...(maxAge ? { max_age: maxAge } : {}),
      });
      return { url, state, pending: { codeVerifier, nonce } };
    },

    async finishSignIn(currentUrl, state, { codeVerifier, nonce }) {
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier };
      const answer = await oidc.authorizationCodeGrant(await discover(), currentUrl, checks, {
        resource: api,
      });
      return hold(answer);
    },

    async refresh(tokens) {
      const configuration = await discover();
      const answer = await oidc.refreshTokenGrant(configuration, tokens.refreshToken ?? '', {
        resource: api,
      });
      return hold(answer, tokens);
    },

    async buildSignOutUrl({ idToken }) {
      const parameters = { post_logout_redirect_uri: `${origin}/`, id_token_hint: idToken };
      return oidc.buildEndSessionUrl(await discover(), parameters);
    },

    async readLogoutToken(token) {
      const { jwks_uri: keys = '' } = (await discover()).serverMetadata();
      const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(keys)), {
        issuer,
        audience: clientId,
        typ: 'logout+jwt',
        maxTokenAge: logoutTokenAge,
        requiredClaims: ['iat', 'exp', 'jti', 'events'],
      });
      const { sid, sub, nonce, events } = payload;
      const isLogout = typeof events === 'object' && events !== null && logoutEvent in events;
      if (!isLogout || nonce !== undefined) throw new Error('This is no logout token.');
      if (typeof sid !== 'string' && typeof sub !== 'string') throw new Error('It is about nobody.');
      return { sid: typeof sid === 'string' ? sid : undefined, sub };
    },
  };
}

function hold(
  answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  before?: HeldTokens,
): HeldTokens {
  const claims = answer.claims();
  const sub = claims?.sub ?? before?.sub;
  if (sub === undefined || (before && before.sub !== sub))
    throw new Error('The tokens are about somebody else.');
  return {
    sub,
    name: typeof claims?.name === 'string' ? claims.name : (before?.name ?? sub),
    sid: typeof claims?.sid === 'string' ? claims.sid : before?.sid,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? before?.refreshToken,
    idToken: answer.id_token ?? before?.idToken ?? '',
    scope: answer.scope ?? before?.scope ?? '',
    expiresAt: Date.now() + (answer.expires_in ?? 0) * 1000,
  };
}
