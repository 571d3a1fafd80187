import type { JWK } from 'jose';
import Provider from 'oidc-provider';
import type { Client, Configuration, ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { provesClient } from '../credentials/proves_client.ts';
import { fromEpochMilliseconds } from '../domain/instants.ts';
import { createFindAccount, scopeClaims } from './accounts.ts';
import type { AdapterDependencies } from './adapter/dependencies.ts';
import { createAdapter } from './adapter/index.ts';
import { scopesOfClientsAlone } from '../domain/built_in_scopes.ts';
import { buildInteractionPolicy } from './interaction_policy.ts';
import { leases } from './leases.ts';
import { createLoadExistingGrant } from './load_existing_grant.ts';
import { nameFamily, storeStandalone } from './jwt_access_tokens.ts';
import { fetchWithLoopback } from './fetch_with_loopback.ts';
import { findRequestContext, getRequestContext } from './request_context.ts';
import type { RequestContext } from './request_context.ts';
import { defaultResource, getResourceServerInfo, useGrantedResource } from './resource_servers.ts';
import { sessionCookie } from './session_cookie.ts';
import { librarySigningKeys } from './signing_keys.ts';
import { standardAnswers } from './standard_answers.ts';
import { acr, extraTokenClaims, splitScope } from './token_claims.ts';
import { lastTokenSecond, tokenLifetimes } from './token_lifetimes.ts';

/** The pages that the library asks for; each sets the response's body. */
export interface ProviderPages {
  signOut(ctx: KoaContextWithOIDC, xsrf: string): Promise<void>;
  signedOut(ctx: KoaContextWithOIDC): Promise<void>;
  /** The page that asks for a device's code; `error` where the last one did not lead on. */
  deviceCode(ctx: KoaContextWithOIDC, error?: Error): Promise<void>;
  deviceConfirm(
    ctx: KoaContextWithOIDC,
    client: Client,
    device: { userCode: string; askedFrom: DeviceOrigin },
  ): Promise<void>;
  deviceDone(ctx: KoaContextWithOIDC): Promise<void>;
  error(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): Promise<void>;
}

/** Where a device asked from, which it says itself but for the address. */
export interface DeviceOrigin {
  address?: string;
  userAgent?: string;
}

export interface ProviderOptions extends AdapterDependencies {
  /** Private keys; the first of each algorithm signs. */
  keys: readonly JWK[];
  cookieKeys: string[];
  /** 32 bytes that every instance shares: DPoP nonces of one are good at all. */
  nonceKey: Buffer;
  pages: ProviderPages;
  /** In development: a client's `jwks_uri` may be on this machine. */
  allowsLoopback: boolean;
}

/** The library, configured. Cheap to build; a change of keys builds another. */
export function buildProvider(options: ProviderOptions): Provider {
  const provider = new Provider(options.issuer, providerConfiguration(options));
  // Every URL comes from the issuer: our first middleware has set the forwarded headers to it.
  provider.proxy = true;
  provider.use(standardAnswers as never);
  const clients = provider.Client.prototype as Client & ReplacedMethods;
  clients.compareClientSecret = function compareHashes(this: Client, secret: string) {
    const { clients: known } = findRequestContext()?.configuration ?? options.configurations.current();
    return provesClient(known.get(this.clientId) ?? {}, secret, fromEpochMilliseconds(Date.now()));
  };
  // Clients are told by a notice that is queued when the session's end is stored, whatever ends it.
  clients.backchannelLogout = () => Promise.resolve();
  const includesSid = clients.includeSid;
  clients.includeSid = function includeSid(this: Client & ReplacedMethods) {
    const registered = options.configurations.current().clients.get(this.clientId)?.metadata.scope;
    return includesSid.call(this) || splitScope(registered).some((scope) => scopesOfClientsAlone.has(scope));
  };
  provider.on('server_error', (_, error: Error) => noteFault(error));
  return provider;
}

/** Methods of the library's clients that do here what the library cannot know. */
interface ReplacedMethods {
  compareClientSecret(secret: string): boolean;
  backchannelLogout(): Promise<void>;
  /** Whether ID tokens carry the `sid` that logout tokens and security events name. */
  includeSid(): boolean;
}

/**
 * Who may ask about a token: the confidential client it was issued to, and the resource server it is for,
 * which is a client registered under the resource's own identifier.
 */
function mayIntrospect(
  _: KoaContextWithOIDC,
  client: Client,
  token: { clientId?: string | undefined; aud?: unknown },
): boolean {
  if (client.clientAuthMethod === 'none') return false;
  return token.clientId === client.clientId || token.aud === client.clientId;
}

/** The family that an access token of this request belongs to, if its client gets a refresh token. */
function findFamilyId({ pending, configuration }: RequestContext): string | undefined {
  if (pending?.kind === 'refresh') return pending.loaded.family.familyId;
  const grantTypes = configuration.clients.get(pending?.loaded.clientId ?? '')?.metadata.grant_types;
  return Array.isArray(grantTypes) && grantTypes.includes('refresh_token') ? pending?.familyId : undefined;
}

/** The library answers its own errors; ours are thrown again outside it and handled in one place. */
function noteFault(error: Error): void {
  const context = findRequestContext();
  if (context) context.fault ??= error;
}

function providerConfiguration(options: ProviderOptions): Configuration {
  const { database, configurations, keys, cookieKeys, pages, issuer } = options;
  const { name: session, options: cookie, secretBits } = sessionCookie(issuer);
  return {
    adapter: createAdapter(options),
    jwks: { keys: librarySigningKeys(keys) },
    ...(options.allowsLoopback ? { fetch: fetchWithLoopback } : {}),
    findAccount: createFindAccount(database),
    loadExistingGrant: createLoadExistingGrant(database),
    claims: scopeClaims,
    scopes: ['openid', 'offline_access'],
    acrValues: Object.values(acr),
    // `none` is the account pages' alone: what operators register is held to `code`.
    responseTypes: ['code', 'none'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      // With it, ID tokens carry the `sid` that logout tokens name.
      backchannel_logout_session_required: true,
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
    pkce: { required: () => true },
    clientBasedCORS: (_, origin, client) =>
      configurations.current().clients.get(client.clientId)?.webOrigins.includes(origin) ?? false,
    cookies: {
      names: {
        session,
        interaction: 'curfew_interaction',
        resume: 'curfew_resume',
      },
      keys: cookieKeys,
      long: cookie,
      short: cookie,
    },
    discovery: { refresh_token_expiration_types_supported: ['authorization', 'token_timeout'] },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx) =>
          pages.signOut(ctx, (ctx.oidc.session as { state?: { secret?: string } }).state?.secret ?? ''),
        postLogoutSuccessSource: (ctx) => pages.signedOut(ctx),
      },
      backchannelLogout: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo, useGrantedResource, defaultResource },
      claimsParameter: { enabled: true },
      richAuthorizationRequests: leases,
      clientCredentials: { enabled: true },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, _form, _out, error) => pages.deviceCode(ctx, error),
        deviceInfo: () => {
          const { address, userAgent } = getRequestContext().origin;
          return { address, userAgent };
        },
        userCodeConfirmSource: (ctx, _form, client, askedFrom, userCode) =>
          pages.deviceConfirm(ctx, client, { userCode, askedFrom }),
        successSource: (ctx) => pages.deviceDone(ctx),
      },
      introspection: { enabled: true, allowedPolicy: mayIntrospect },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      pushedAuthorizationRequests: { enabled: true },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      dPoP: { enabled: true, nonceSecret: options.nonceKey, requireNonce: () => true },
    },
    interactions: {
      policy: buildInteractionPolicy(database),
      url: (_, interaction) => `/interaction/${interaction.uid}`,
    },
    renderError: (ctx, out, error) => pages.error(ctx, out, error),
    ttl: tokenLifetimes,
    extraTokenClaims,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: (_, source) => !('scopes' in source && source.scopes.has('offline_access')),
    rotateRefreshToken: () => {
      const pending = findRequestContext()?.pending;
      return pending?.kind === 'refresh' && pending.verdict.mode === 'rotate';
    },
    formats: {
      bitsOfOpaqueRandomness: secretBits,
      customizers: {
        jwt(_ctx, token, jwt) {
          const context = getRequestContext();
          const familyId = findFamilyId(context);
          jwt.payload.jti = nameFamily(String(jwt.payload.jti), familyId);
          const last = lastTokenSecond(context);
          if (last !== undefined) jwt.payload.exp = Math.min(jwt.payload.exp as number, last);
          if (!familyId) storeStandalone(context, token, jwt.payload);
        },
      },
    },
  };
}
