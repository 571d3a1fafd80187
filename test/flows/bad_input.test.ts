import assert from 'node:assert/strict';
import { ada, api, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { createFormBrowser } from '../support/browser.ts';
import { listEvents } from '../support/gate.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('bad input', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  after(() => server.stop());

  const basic = `Basic ${Buffer.from(`${shop.clientId}:${shop.secret}`).toString('base64')}`;
  const form = 'application/x-www-form-urlencoded';

  async function post(
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> {
    const response = await fetch(`${server.issuer}/token`, {
      method: 'POST',
      body: body as string,
      headers: { accept: 'application/json', 'content-type': form, authorization: basic, ...headers },
    });
    const text = await response.text();
    assert.ok(response.headers.get('x-request-id'), 'every answer names its request');
    assert.ok(!/\bat .*\.[jt]s:\d+/.test(text), 'no stack trace outside');
    return { status: response.status, text };
  }

  const malformed: [string, string | Buffer, Record<string, string>, number, string][] = [
    ['an empty body', '', {}, 400, 'invalid_request'],
    [
      'JSON',
      '{"grant_type":"refresh_token"}',
      { 'content-type': 'application/json' },
      400,
      'invalid_request',
    ],
    [
      'no content type that is known',
      'x',
      { 'content-type': 'multipart/form-data; boundary=x' },
      400,
      'invalid_request',
    ],
    [
      'a body of 60 KiB',
      `grant_type=refresh_token&refresh_token=${'a'.repeat(60 * 1024)}`,
      {},
      400,
      'invalid_request',
    ],
    ['an unknown grant type', 'grant_type=password&username=a&password=b', {}, 400, 'unsupported_grant_type'],
    ['a grant type twice', 'grant_type=refresh_token&grant_type=refresh_token', {}, 400, 'invalid_request'],
    ['no token', 'grant_type=refresh_token', {}, 400, 'invalid_request'],
    ['a token with a NUL byte', 'grant_type=refresh_token&refresh_token=a%00b', {}, 400, 'invalid_grant'],
    ['a token that is not UTF-8', 'grant_type=refresh_token&refresh_token=%ff%fe', {}, 400, 'invalid_grant'],
    [
      'a token of 50,000 characters',
      `grant_type=refresh_token&refresh_token=${'a'.repeat(50_000)}`,
      {},
      400,
      'invalid_grant',
    ],
    ['a scope with a quote', 'grant_type=refresh_token&refresh_token=x&scope=%22', {}, 400, 'invalid_scope'],
    [
      'a code with a NUL byte',
      `grant_type=authorization_code&code=%00&redirect_uri=${encodeURIComponent(redirectUri)}&code_verifier=${'v'.repeat(43)}`,
      {},
      400,
      'invalid_grant',
    ],
    [
      'a wrong client secret',
      'grant_type=refresh_token&refresh_token=x',
      { authorization: `Basic ${btoa('shop:wrong')}` },
      401,
      'invalid_client',
    ],
    [
      'an unknown client',
      'grant_type=refresh_token&refresh_token=x',
      { authorization: `Basic ${btoa('none:wrong')}` },
      401,
      'invalid_client',
    ],
    [
      'a client name with a NUL byte',
      'grant_type=refresh_token&refresh_token=x',
      { authorization: `Basic ${btoa('sh%00op:x')}` },
      400,
      'invalid_request',
    ],
    [
      'a client id beside other credentials',
      'grant_type=refresh_token&refresh_token=x&client_id=portal',
      {},
      400,
      'invalid_request',
    ],
  ];
  for (const [what, body, headers, status, error] of malformed) {
    it(`answers ${what} at the token endpoint with ${error}`, async () => {
      const answer = await post(body, headers);
      assert.equal((JSON.parse(answer.text) as { error: string }).error, error, answer.text);
      assert.equal(answer.status, status);
    });
  }

  it('consumes nothing by a malformed refresh', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn(ada, { resource: api, scope: 'openid reports.read' });
    const token = tokens.refresh_token ?? '';
    await post(`grant_type=refresh_token&refresh_token=${token}&scope=%22`);
    await post(`grant_type=refresh_token&refresh_token=${token}&refresh_token=${token}`);
    await post(`grant_type=refresh_token&refresh_token=${token}`, {
      authorization: `Basic ${btoa('shop:wrong')}`,
    });
    await party.refresh(token);
  });

  const authorize = (parameters: Record<string, string | undefined>): string => {
    const defaults = {
      client_id: 'shop',
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    };
    const entries = Object.entries({ ...defaults, ...parameters }).filter(([, value]) => value !== undefined);
    return `${server.issuer}/auth?${new URLSearchParams(entries).toString()}`;
  };

  const withoutRedirect: [string, Record<string, string | undefined>][] = [
    ['a redirect URI with a query more', { redirect_uri: `${redirectUri}?a=b` }],
    ['a redirect URI with a slash more', { redirect_uri: `${redirectUri}/` }],
    ['a redirect URI in other case', { redirect_uri: redirectUri.replace('callback', 'CALLBACK') }],
    ['a redirect URI elsewhere', { redirect_uri: 'https://evil.example/callback' }],
    ['a script as redirect URI', { redirect_uri: 'javascript:alert(1)' }],
    ['an unknown client', { client_id: 'none' }],
    ['a client with a NUL byte', { client_id: 'sh\0op' }],
  ];
  for (const [what, parameters] of withoutRedirect) {
    it(`shows a page and redirects nowhere for ${what}`, async () => {
      const response = await fetch(authorize(parameters), {
        redirect: 'manual',
        headers: { accept: 'text/html' },
      });
      const text = await response.text();
      assert.equal(response.status, 400);
      assert.equal(response.headers.get('location'), null);
      assert.match(text, /<h1>/);
      assert.ok(!text.includes('evil.example'));
    });
  }

  for (const parameter of ['state', 'nonce', 'login_hint', 'ui_locales', 'acr_values', 'claims_locales']) {
    it(`is not our fault for a NUL byte in ${parameter}, whatever is done with it`, async () => {
      const [url = '', query = ''] = authorize({ [parameter]: 'a\0b' }).split('?');
      const pushed = await fetch(`${server.issuer}/request`, {
        method: 'POST',
        body: query,
        headers: { 'content-type': form, authorization: basic },
      });
      const answers = [await fetch(`${url}?${query}`, { redirect: 'manual' }), pushed];
      for (const { status } of answers) assert.ok(status < 500, `${status}`);
    });
  }

  for (const claims of ['{"userinfo":{"\\ud800":null}}', '{"id_token":{"acr":{"value":"\\ude00"}}}']) {
    it(`is not our fault for half of a surrogate pair in claims=${claims}`, async () => {
      const { browser } = await signedIn();
      const { status } = await browser.request(authorize({ claims }), { headers: { accept: 'text/html' } });
      assert.equal(status, 400);
    });
  }

  async function signedIn(): Promise<RelyingParty> {
    const party = await createRelyingParty(server.issuer, shop);
    await party.signIn(ada);
    return party;
  }

  it('is not our fault for the address of a device that nobody has', async () => {
    const response = await fetch(`${server.issuer}/device/nothing`, { headers: { accept: 'text/html' } });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /<h1>/);
  });

  it('is not our fault for the form of a device that nobody was shown', async () => {
    const response = await fetch(`${server.issuer}/device`, { method: 'POST', body: new URLSearchParams() });
    assert.equal(response.status, 400);
  });

  const withRedirect: [string, Record<string, string | undefined>, string][] = [
    ['no code challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['the response type token', { response_type: 'token' }, 'unsupported_response_type'],
    ['prompt none without a session', { prompt: 'none' }, 'login_required'],
    ['prompt none beside another', { prompt: 'none login' }, 'invalid_request'],
    ['an unknown resource', { resource: 'https://nowhere.example' }, 'invalid_target'],
    ['a resource with a fragment', { resource: `${api}#x` }, 'invalid_target'],
  ];
  for (const [what, parameters, error] of withRedirect) {
    it(`sends ${error} back to the client for ${what}`, async () => {
      const response = await fetch(authorize({ ...parameters, state: 's' }), { redirect: 'manual' });
      const location = new URL(response.headers.get('location') ?? '');
      const [query, fragment] = [location.searchParams, new URLSearchParams(location.hash.slice(1))];
      const read = (name: string) => query.get(name) ?? fragment.get(name);
      assert.equal(`${location.origin}${location.pathname}`, redirectUri);
      assert.equal(read('error'), error);
      assert.equal(read('state'), 's');
      assert.equal(read('iss'), server.issuer);
    });
  }

  it('says the same for an unknown account and a wrong password, and records which it was', async () => {
    const answers = [];
    for (const username of ['ada', 'nobody-here', 'a\0da', 'x'.repeat(5000), "' or 1=1 --"]) {
      const browser = createFormBrowser(server.issuer);
      const page = await browser.open(authorize({}));
      const refused = await browser.submit(page, /sign-in$/, { username, password: 'wrong' });
      assert.equal(refused.response.status, 422);
      assert.match(refused.text, /The username or the password is not right\./);
      answers.push(refused.text.replace(/value="[^"]*"|autofocus|\/interaction\/[^/"]+|\s/g, ''));
    }
    assert.equal(new Set(answers).size, 1);
    const reasons = (await listEvents(server.database)).filter(({ name }) => name === 'sign_in.failed');
    assert.ok(reasons.some(({ detail }) => detail.reason === 'password_wrong'));
    assert.ok(reasons.some(({ detail }) => detail.reason === 'account_unknown'));
  });

  it('refuses a form from another site, and one without its token', async () => {
    const browser = createFormBrowser(server.issuer);
    const page = await browser.open(authorize({}));
    const fields = { username: ada.username, password: ada.password };
    const send = (headers: Record<string, string>, body: Record<string, string>) =>
      browser.request(`${page.url.pathname}/sign-in`, {
        method: 'POST',
        body: new URLSearchParams(body),
        headers,
      });
    assert.equal((await send({ origin: server.issuer }, fields)).status, 403);
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
    assert.equal((await send({ origin: 'https://evil.example' }, { ...fields, csrf })).status, 403);
    assert.equal((await send({ 'sec-fetch-site': 'cross-site' }, { ...fields, csrf })).status, 403);
    assert.equal((await send({ origin: server.issuer }, { ...fields, csrf })).status, 303);
  });

  it('takes its own address from the configuration, not from the Host header', async () => {
    const { port } = new URL(server.issuer);
    const response = await fetch(`http://127.0.0.1:${port}/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    }).catch(() =>
      fetch(`${server.issuer}/.well-known/openid-configuration`, {
        headers: { 'x-forwarded-host': 'evil.example' },
      }),
    );
    const metadata = (await response.json()) as Record<string, string>;
    assert.equal(metadata.issuer, server.issuer);
    assert.equal(metadata.token_endpoint, `${server.issuer}/token`);
  });

  it('answers unknown paths with 404 and names the request in the log', async () => {
    const response = await fetch(`${server.issuer}/nothing`, { headers: { accept: 'application/json' } });
    const body = (await response.json()) as Record<string, string>;
    assert.equal(response.status, 404);
    assert.equal(body.request_id, response.headers.get('x-request-id'));
    assert.ok(server.logged.some((line) => line.requestId === body.request_id));
  });

  it('keeps tokens, codes, cookies and passwords out of the log and the trail', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    const pending = await party.authorize(ada);
    const tokens = await party.exchange(pending);
    const next = await party.refresh(tokens.refresh_token ?? '');
    const secrets = [
      pending.url.searchParams.get('code'),
      tokens.refresh_token,
      next.refresh_token,
      tokens.access_token,
      party.browser.cookie('curfew_session'),
      ada.password,
      shop.secret,
    ];
    const written = JSON.stringify(server.logged) + JSON.stringify(await listEvents(server.database));
    for (const secret of secrets) assert.ok(secret && !written.includes(secret));
  });
});
