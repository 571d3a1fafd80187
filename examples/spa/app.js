import * as oidc from 'openid-client';

const find = (id) => document.getElementById(id);
const { issuer, clientId } = JSON.parse(decodeURIComponent(document.body.dataset.settings));
const redirectUri = `${location.origin}/`;
/** What a sign-in that left for the server needs when it comes back: in this tab only. */
const pendingKey = 'pending sign-in';

const isLocal = new URL(issuer).hostname === 'localhost';
const configuration = await oidc.discovery(new URL(issuer), clientId, {}, oidc.None(), {
  // Without TLS only on this machine.
  execute: isLocal ? [oidc.allowInsecureRequests] : [],
});
/** The key that the tokens are bound to: it can sign, and no script can read it. */
const proof = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair());

/** In memory only: gone with this tab, and after a reload. */
let tokens;
/** When each limit ends: milliseconds since 1970. */
let ends = {};

await comeBack();
find('login').addEventListener('click', () => void signIn());
find('refresh').addEventListener('click', () => void refresh());
find('userinfo').addEventListener('click', () => void showUser());
find('logout').addEventListener('click', signOut);
setInterval(showLimits, 1000);

async function comeBack() {
  const pending = JSON.parse(sessionStorage.getItem(pendingKey) ?? 'null');
  sessionStorage.removeItem(pendingKey);
  const url = new URL(location.href);
  history.replaceState(null, '', '/');
  if (!pending || !url.searchParams.has('state')) return await signIn({ prompt: 'none' });
  try {
    take(await oidc.authorizationCodeGrant(configuration, url, pending, undefined, { DPoP: proof }));
    find('who').textContent = `Signed in as ${(await readUser()).name}`;
  } catch (error) {
    // Nobody is signed in at the server, or something is wrong: either way, a button.
    showSignedOut(error.error?.endsWith('_required') ? 'Not signed in' : describe(error));
  }
}

async function signIn(extra = {}) {
  const checks = {
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
  };
  sessionStorage.setItem(pendingKey, JSON.stringify(checks));
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: 'openid profile',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...extra,
  });
  location.assign(url);
}

async function refresh() {
  try {
    take(await oidc.refreshTokenGrant(configuration, tokens.refresh_token, undefined, { DPoP: proof }));
  } catch (error) {
    showSignedOut(describe(error));
  }
}

async function readUser() {
  const { sub } = tokens.claims();
  return await oidc.fetchUserInfo(configuration, tokens.access_token, sub, { DPoP: proof });
}

async function showUser() {
  try {
    find('answer').textContent = JSON.stringify(await readUser(), null, 2);
  } catch {
    // The access token is over: the refresh says whether the rest is.
    await refresh();
  }
}

function signOut() {
  const parameters = { post_logout_redirect_uri: redirectUri, id_token_hint: tokens.id_token };
  location.assign(oidc.buildEndSessionUrl(configuration, parameters));
}

function take(answer) {
  tokens = answer;
  const after = (seconds) => Date.now() + seconds * 1000;
  ends = {
    access: after(answer.expires_in),
    idle: after(answer.refresh_token_timeout),
    absolute: after(answer.authorization_expires_in),
  };
  find('limits').hidden = find('actions').hidden = false;
  find('login').hidden = true;
  showLimits();
}

function showLimits() {
  if (!tokens) return;
  for (const [name, at] of Object.entries(ends)) {
    const seconds = Math.max(0, Math.round((at - Date.now()) / 1000));
    find(name).textContent = seconds === 0 ? 'over' : `${seconds} s left`;
  }
}

function showSignedOut(reason) {
  tokens = undefined;
  find('who').textContent = reason;
  find('limits').hidden = find('actions').hidden = true;
  find('login').hidden = false;
}

function describe(error) {
  return error.error_description ?? error.message;
}
