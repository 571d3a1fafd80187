import assert from 'node:assert/strict';
import { listForms, listPages, listTokenRoutes } from '../support/addresses.ts';
import {
  afterSignOut,
  authorizationUrl,
  keepSignedIn,
  signInBrowser,
  startAttackedServer,
  tv,
} from '../support/attacked_server.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada } from '../support/example_configuration.ts';
import { rawRequest } from '../support/raw_request.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { TestServer } from '../support/server.ts';

/** Ends of lines, as bytes, escaped once and twice, as overlong UTF-8, as letters whose last byte they are. */
const lineEnds = [
  '\r\n',
  '\n',
  '\r',
  '%0d%0a',
  '%250d%250a',
  '\u560d\u560a',
  '\u2028',
  '\0\r\n',
  '\r\n\r\n<script>',
];
const injected = 'Injected: yes';
const texts = lineEnds.map((end) => `x${end}${injected}${end}Set-Cookie: injected=yes`);

/** The console answers through the same few functions, to operators alone: its parameters go all at once. */
const isForEverybody = (path: string) => !path.startsWith('/console');

describe('response splitting', () => {
  let server: TestServer;
  let signedIn: FormBrowser;

  before(async () => {
    server = await startAttackedServer();
    signedIn = await signInBrowser(server.issuer);
  });
  after(() => server.stop());

  /** One answer of ours, whose headers nobody has written into. */
  async function send(method: string, path: string, headers: string[] = [], body = ''): Promise<string> {
    const cookie = `curfew_session=${signedIn.cookie('curfew_session')}; curfew_session.sig=${signedIn.cookie('curfew_session.sig')}`;
    const all = ['Host: localhost', `Cookie: ${cookie}`, 'Accept: text/html', ...headers];
    const answer = await rawRequest(server.issuer, `${method} ${path} HTTP/1.1`, all, body);
    assert.ok(answer.status >= 200 && answer.status < 500, `${method} ${path}: ${answer.status}`);
    assert.doesNotMatch(answer.head, /^\s*(?:injected|set-cookie: injected)/im, `${method} ${path}`);
    assert.doesNotMatch(answer.head, /[^\r]\n|\r[^\n]/, `${method} ${path}: ends of lines are CRLF`);
    assert.doesNotMatch(answer.body, /^HTTP\/1\.1/m);
    return answer.head;
  }

  const form = ['Content-Type: application/x-www-form-urlencoded'];

  for (const path of listPages().filter(isForEverybody)) {
    it(`is not begun by the query of ${path.replaceAll(/[0-9a-f-]{36}/g, '…')}`, async () => {
      const names = [
        'token',
        'error',
        'error_description',
        'user_code',
        'state',
        'after',
        'client_id',
        'id_token_hint',
        'ui_locales',
      ];
      for (const text of texts) {
        for (const name of names)
          await send('GET', `${path}?${new URLSearchParams({ [name]: text }).toString()}`);
        await send('GET', `${path}?${new URLSearchParams({ [text]: text }).toString()}`);
      }
    });
  }

  const inConsole =
    'after,before,cursor,search,q,username,role,client,policy,account,name,event,reason,since,within,by,weight,format,id,from,to'.split(
      ',',
    );
  for (const path of listPages().filter((page) => !isForEverybody(page))) {
    it(`is not begun by the query of ${path.replaceAll(/[0-9a-f-]{36}/g, '…')}`, async () => {
      for (const text of texts) {
        const query = new URLSearchParams([...inConsole, text].map((name): [string, string] => [name, text]));
        await send('GET', `${path}?${query.toString()}`);
        await send('GET', path.replace(/[^/]+$/, encodeURIComponent(text)));
      }
    });
  }

  const parameters = [
    'client_id,response_type,response_mode,redirect_uri,scope,state,nonce,code_challenge,code_challenge_method,prompt,max_age,acr_values',
    'login_hint,id_token_hint,ui_locales,claims_locales,display,resource,claims,authorization_details,request,request_uri,dpop_jkt,inactive_for',
  ].flatMap((names) => names.split(','));
  for (const name of parameters) {
    it(`is not begun by ${name} of an authorization request, wherever its answer goes`, async () => {
      for (const text of texts) {
        for (const prompt of ['none', undefined]) {
          const url = authorizationUrl('', { prompt, [name]: text });
          await send('GET', url);
          const body = url.slice('/auth?'.length);
          await send('POST', '/auth', form, body);
        }
      }
    });
  }

  it('is not begun by the state that an answer brings back, to the app or after signing out', async () => {
    for (const state of texts) {
      const head = await send('GET', authorizationUrl('', { prompt: 'none', state }));
      const location = new URL(/^location: (.*)$/im.exec(head)?.[1] ?? '');
      assert.ok(location.href.startsWith(redirectUri));
      if (!state.includes('\0')) assert.equal(location.searchParams.get('state'), state);
      const browser = await signInBrowser(server.issuer);
      const query = { client_id: 'shop', post_logout_redirect_uri: afterSignOut, state };
      const page = await browser.open(`/session/end?${new URLSearchParams(query).toString()}`);
      if (page.response.status === 400) continue;
      const done = await browser.submit(page, /confirm$/, { logout: 'yes' });
      assert.equal(done.url.searchParams.get('state'), state);
    }
  });

  for (const address of listForms().filter(isForEverybody)) {
    it(`is not begun by the fields of ${address}`, async () => {
      const page = address.startsWith('/interaction/')
        ? authorizationUrl(server.issuer, { prompt: 'login' })
        : '/account';
      const names = [
        'username',
        'password',
        'new_password',
        'code',
        'name',
        'next',
        'session',
        'client',
        'id',
        'app',
        'passkey',
        'credential',
        'user_code',
        'logout',
        'xsrf',
        'inactive_for',
      ];
      let browser = await signInBrowser(server.issuer);
      for (const text of texts) {
        browser = await keepSignedIn(server.issuer, browser);
        const shown = await browser.open(page);
        const csrf = /name="csrf" value="([^"]*)"/.exec(shown.text)?.[1] ?? '';
        const path = address.replace('/interaction/:uid', shown.url.pathname);
        const body = new URLSearchParams([
          ['csrf', csrf],
          // Each its own: a name may be kept, a password must not.
          ...names.map((name): [string, string] => [name, `${text}${name}`]),
        ]);
        const answer = await browser.request(path, {
          method: 'POST',
          body,
          headers: { origin: server.issuer },
        });
        assert.ok(answer.status < 500, `${path}: ${answer.status}`);
        assert.equal(answer.headers.get('injected'), null);
        assert.ok(answer.headers.getSetCookie().every((line) => !line.startsWith('injected')));
      }
    });
  }

  it('is not begun by a token, a challenge, or what programs send', async () => {
    for (const { method, path } of listTokenRoutes()) {
      for (const text of ['x"\t, error="y', 'x\\", realm="evil', 'a.b.c', 'x\u00e9']) {
        const head = await send(method, path, [
          `Authorization: Bearer ${text}`,
          `Idempotency-Key: ${text}`,
          `If-Match: ${text}`,
        ]);
        assert.doesNotMatch(head, /realm="evil|error="y/);
      }
    }
    const party = await createRelyingParty(server.issuer, tv);
    for (const text of texts) {
      for (const path of [
        '/token',
        '/token/introspection',
        '/token/revocation',
        '/device/auth',
        '/request',
      ]) {
        const fields = { client_id: text, grant_type: text, token: text, scope: text, code: text };
        await send('POST', path, form, new URLSearchParams(fields).toString());
      }
      assert.ok((await party.token({ grant_type: 'refresh_token', refresh_token: text })).status < 500);
    }
  });

  it('is not begun by a path, or by a header that is sent on', async () => {
    for (const text of [
      '/%0d%0aInjected:%20yes',
      '/account%0d%0aInjected:%20yes',
      '/account/%E5%98%8A%E5%98%8DInjected:%20yes',
      '/interaction/%0aInjected:x',
      '/assets/%0d%0aInjected:x',
    ])
      assert.match(await send('GET', text), /^HTTP\/1\.1 40[04]/);
    for (const name of [
      'X-Request-Id',
      'Origin',
      'User-Agent',
      'Accept-Language',
      'X-Forwarded-For',
      'Referer',
    ])
      await send('GET', '/account', [`${name}: x\tInjected: yes; \u00e9`]);
  });

  it('is not begun by two requests that look like one', async () => {
    const body = new URLSearchParams({ csrf: 'x', ...ada }).toString();
    const both = await rawRequest(server.issuer, 'POST /session/view HTTP/1.1', [
      'Host: localhost',
      'Transfer-Encoding: chunked',
      'Content-Length: 4',
      '',
      `0\r\n\r\nGET /account HTTP/1.1\r\nHost: evil\r\n\r\n${body}`,
    ]);
    assert.equal(both.status, 400);
    const folded = await rawRequest(server.issuer, 'GET /account HTTP/1.1', [
      'Host: localhost',
      'X: y',
      ' Injected: yes',
      'Z : z',
    ]);
    assert.equal(folded.status, 400);
  });
});
