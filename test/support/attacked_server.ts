import { rateLimitKinds } from '../../src/domain/rate_limits.ts';
import { createFormBrowser } from './browser.ts';
import type { FormBrowser } from './browser.ts';
import { ada, client, exampleConfiguration, shop } from './example_configuration.ts';
import type { ExampleConfiguration } from './example_configuration.ts';
import { redirectUri } from './relying_party.ts';
import { startTestServer } from './server.ts';
import type { TestServer } from './server.ts';

/** A device of the living room, which starts the device flow. */
export const tv = { clientId: 'tv' };

/** The page that `shop` wants its users back at after signing out. */
export const afterSignOut = 'http://127.0.0.1:9/bye';

const scope = 'openid profile email offline_access reports.read payments.write';

/** Whose limits are so high that an attack meets nothing but what should stop it. */
export function attackedConfiguration(): ExampleConfiguration {
  const configuration = exampleConfiguration();
  const clients = new Map(configuration.clients);
  const leaving = { post_logout_redirect_uris: [afterSignOut] };
  clients.set('shop', client('shop', { secret: shop.secret, scope, trusted: true, metadata: leaving }));
  const grant_types = ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'];
  const device = { redirect_uris: [], response_types: [], grant_types };
  clients.set('tv', client('tv', { scope: 'openid profile reports.read', metadata: device }));
  const many = { most: 100_000, seconds: 600 };
  const rate_limits = Object.fromEntries(Object.keys(rateLimitKinds).map((kind) => [kind, many]));
  // Whoever is signed in is an operator, too, so that the console is attacked like all else.
  const roles = ['member', 'admin'];
  const scopes = new Map([
    ...(configuration.scopes ?? []),
    ['curfew:read', { name: 'curfew:read', description: 'See', roles }],
    ['curfew:write', { name: 'curfew:write', description: 'Change', roles, stepUp: { mfaMaxAge: 120 } }],
  ]);
  return { ...configuration, clients, scopes, rate_limits };
}

/** Nobody answers there; but with it every page is there. */
export const mail = { smtpUrl: 'smtp://127.0.0.1:9', from: 'login@example.com' };

/** A server with every page that there is. Stop it in `after`. */
export async function startAttackedServer(desired = attackedConfiguration()): Promise<TestServer> {
  return await startTestServer(desired, { mail });
}

/** The address of an authorization request; undefined leaves a parameter out. */
export function authorizationUrl(
  issuer: string,
  parameters: Record<string, string | undefined> = {},
): string {
  const all = {
    client_id: 'shop',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'a state',
    nonce: 'a nonce',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...parameters,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${issuer}/auth?${new URLSearchParams(given).toString()}`;
}

/** What `code_challenge` of `authorizationUrl` is made of (RFC 7636, appendix B). */
export const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

/** A browser somebody signed in with a moment ago, at the account pages. */
export async function signInBrowser(
  issuer: string,
  { username, password }: { username: string; password: string } = ada,
): Promise<FormBrowser> {
  const browser = createFormBrowser(issuer);
  const page = await browser.open('/account');
  const done = await browser.submit(page, /sign-in$/, { username, password });
  if (done.url.pathname !== '/account') throw new Error(`Nobody is signed in: ${done.text.slice(0, 500)}`);
  return browser;
}

/** The browser as it is, if the person is still signed in with it; else a new one. */
export async function keepSignedIn(issuer: string, browser: FormBrowser): Promise<FormBrowser> {
  const { url } = await browser.open('/account');
  return url.pathname === '/account' ? browser : await signInBrowser(issuer);
}
