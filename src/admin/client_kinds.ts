/** What somebody writes into the wizard. */
export interface ClientWish {
  clientId: string;
  name: string;
  /** '' where the kind has none. */
  redirectUri: string;
  scope: string;
  /** The API that has these scopes, or any. */
  resource: string;
}

export interface Snippet {
  heading: string;
  text: string;
}

/** A kind of app: what the configuration file would say of it, and how it is used. */
export interface ClientKind {
  label: string;
  hint: string;
  lead: string;
  hasSecret: boolean;
  /** People sign in and come back here. */
  redirects: boolean;
  usualScope: string;
  /** An entry of `clients:`, beside identifier, name, scope and secret. */
  entry(wish: ClientWish): Record<string, unknown>;
  snippets(issuer: string, wish: ClientWish): Snippet[];
}

const openidScope = 'openid profile email offline_access';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const isLocal = (issuer: string): boolean => issuer.startsWith('http:');

const originOf = ({ redirectUri }: ClientWish): string => new URL(redirectUri).origin;
/** Where people come back to after signing in, and after signing out. */
const comesBack = (wish: ClientWish) => ({
  redirect_uris: [wish.redirectUri],
  post_logout_redirect_uris: [`${originOf(wish)}/`],
});

/** By their names: the last part of a page's address, and what the command line calls them. */
export const clientKinds: Readonly<Record<string, ClientKind>> = {
  web: {
    label: 'A web app',
    hint: 'with a server that keeps a secret',
    lead: 'Its server signs people in by the authorization code, and keeps the tokens.',
    hasSecret: true,
    redirects: true,
    usualScope: openidScope,
    entry: comesBack,
    snippets: (issuer, wish) => [
      { heading: 'Install', text: 'npm install openid-client' },
      { heading: 'Sign somebody in', text: signInSnippet(issuer, wish, 'secret') },
    ],
  },
  bff: {
    label: 'A browser app behind a backend',
    hint: 'whose backend keeps the tokens and is told when a session ends',
    lead: 'The browser has a cookie of the backend alone. The backend is told when a sign-in ends (back-channel logout), and the page may ask when that will be.',
    hasSecret: true,
    redirects: true,
    usualScope: openidScope,
    entry: (wish) => ({
      ...comesBack(wish),
      backchannel_logout_uri: `${originOf(wish)}/backchannel-logout`,
      web_origins: [originOf(wish)],
    }),
    snippets: (issuer, wish) => [
      { heading: 'Install, in the backend', text: 'npm install openid-client' },
      { heading: 'Sign somebody in, in the backend', text: signInSnippet(issuer, wish, 'secret') },
      {
        heading: 'Warn before the sign-in ends, in the page',
        text: `<script type="module" src="${issuer}/assets/curfew-session.js"></script>`,
      },
    ],
  },
  spa: {
    label: 'A single-page app',
    hint: 'that runs in the browser alone, without a secret',
    lead: 'It has no secret: PKCE binds the code to the page that asked for it. Its origin may call the token endpoint.',
    hasSecret: false,
    redirects: true,
    usualScope: openidScope,
    entry: (wish) => ({ ...comesBack(wish), web_origins: [originOf(wish)] }),
    snippets: (issuer, wish) => [
      { heading: 'Install', text: 'npm install openid-client' },
      { heading: 'Sign somebody in', text: signInSnippet(issuer, wish, 'none') },
    ],
  },
  service: {
    label: 'A service',
    hint: 'that calls APIs for itself, without a person',
    lead: 'It gets tokens by its secret alone (client credentials). Scopes that take a role or a second factor are for people.',
    hasSecret: true,
    redirects: false,
    usualScope: '',
    entry: () => ({ grant_types: ['client_credentials'], response_types: [] }),
    snippets: (issuer, { clientId, scope, resource }) => [
      {
        heading: 'Get a token',
        text: [
          `curl ${issuer}/token \\`,
          `  --user "${clientId}:$CLIENT_SECRET" \\`,
          '  -d grant_type=client_credentials \\',
          `  -d resource=${resource}${scope === '' ? '' : ` \\\n  -d scope='${scope}'`}`,
        ].join('\n'),
      },
    ],
  },
  device: {
    label: 'A command-line tool',
    hint: 'or a device, by the device flow',
    lead: 'It shows a code, and its person allows it in a browser.',
    hasSecret: false,
    redirects: false,
    usualScope: 'openid offline_access',
    entry: () => ({ grant_types: [deviceGrant, 'refresh_token'], response_types: [] }),
    snippets: (issuer, { clientId, scope }) => [
      {
        heading: 'Ask for a code',
        text: `curl ${issuer}/device/auth \\\n  -d client_id=${clientId} \\\n  -d scope='${scope}'`,
      },
      {
        heading: 'Once it is allowed in the browser, get the token',
        text: `curl ${issuer}/token \\\n  -d client_id=${clientId} \\\n  -d grant_type=${deviceGrant} \\\n  -d device_code="$DEVICE_CODE"`,
      },
    ],
  },
};

function signInSnippet(
  issuer: string,
  { clientId, redirectUri, scope }: ClientWish,
  authentication: 'secret' | 'none',
): string {
  const auth =
    authentication === 'secret' ? 'client.ClientSecretBasic(process.env.CLIENT_SECRET)' : 'client.None()';
  const execute = isLocal(issuer) ? ', { execute: [client.allowInsecureRequests] }' : '';
  return `import * as client from 'openid-client';

const config = await client.discovery(new URL(${quote(issuer)}), ${quote(clientId)}, {}, ${auth}${execute});

// Keep both with the browser until it comes back.
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: ${quote(redirectUri)},
  scope: ${quote(scope)},
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
});
// Send the browser to url; then, with the address at which it came back:
const tokens = await client.authorizationCodeGrant(config, cameBackTo, {
  pkceCodeVerifier: verifier,
  expectedState: state,
});
const { sub } = tokens.claims();`;
}

/** A string of JavaScript. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
