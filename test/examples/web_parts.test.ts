import assert from 'node:assert/strict';
import { ResponseBodyError } from 'openid-client';
import { isOwnForm } from '../../examples/web/form.ts';
import { html } from '../../examples/web/html.ts';
import { isAnswerLost } from '../../examples/web/outage.ts';
import { readRefusal } from '../../examples/web/refusal.ts';
import { readReturnTo } from '../../examples/web/routes.ts';
import { createSessions } from '../../examples/web/sessions.ts';
import { decodeClaims, holdTokens } from '../../examples/web/tokens.ts';

const baseUrl = 'http://localhost:3001';
const answer = { access_token: 'a', token_type: 'bearer' } as const;
const receivedAt = Date.UTC(2026, 0, 1);

describe("the demo app's forms", () => {
  const session = createSessions(baseUrl).create();
  const ownToken = session.formToken;
  const cases: [own: boolean, token: string, headers: Record<string, string>][] = [
    [true, ownToken, {}],
    [true, ownToken, { 'sec-fetch-site': 'same-origin' }],
    [true, ownToken, { origin: baseUrl }],
    [false, ownToken, { 'sec-fetch-site': 'same-site', origin: baseUrl }],
    [false, ownToken, { 'sec-fetch-site': 'cross-site' }],
    [false, ownToken, { origin: 'http://localhost:3000' }],
    [false, ownToken, { origin: 'null' }],
    [false, '', { 'sec-fetch-site': 'same-origin' }],
    [false, `${ownToken}x`, { 'sec-fetch-site': 'same-origin' }],
    [false, createSessions(baseUrl).create().formToken, { 'sec-fetch-site': 'same-origin' }],
  ];
  for (const [own, token, headers] of cases) {
    const kind = token === ownToken ? 'their token' : 'another token';
    it(`${own ? 'are theirs' : 'are not theirs'} with ${kind} and ${JSON.stringify(headers)}`, () => {
      assert.equal(isOwnForm(headers, new URLSearchParams({ form_token: token }), session, baseUrl), own);
    });
  }
});

describe("the demo app's sessions", () => {
  it('are found by their cookie, among others, until they end', () => {
    const sessions = createSessions(baseUrl);
    const session = sessions.create();
    const cookie = sessions.cookie(session);
    assert.match(cookie, /^demo_app=\S+; Path=\/; HttpOnly; SameSite=Lax$/);
    const header = `curfew_session=x; ${cookie.split(';')[0]}; other=y`;
    assert.equal(sessions.find(header), session);
    sessions.end(session);
    assert.equal(sessions.find(header), undefined);
  });

  it('have a cookie that https keeps to one host', () => {
    const sessions = createSessions('https://app.example.com');
    assert.match(sessions.cookie(sessions.create()), /^__Host-demo_app=\S+; .*; Secure$/);
  });

  it('are a thousand at most: the oldest goes', () => {
    const sessions = createSessions(baseUrl);
    const [first, second] = Array.from({ length: 1001 }, () => sessions.create());
    assert.ok(first && second);
    assert.equal(sessions.find(`demo_app=${first.id}`), undefined);
    assert.equal(sessions.find(`demo_app=${second.id}`), second);
  });
});

describe("the demo app's way back", () => {
  for (const [asked, expected] of [
    ['/token', '/token'],
    ['/token?a=b#c', '/token?a=b#c'],
    ['/a/../token', '/token'],
    [null, '/'],
    ['', '/'],
    ['token', '/'],
    ['//evil.example/token', '/'],
    ['/\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['https://evil.example/', '/'],
    ['http://localhost:3001/token', '/'],
    ['javascript:alert(1)', '/'],
  ] as const) {
    it(`leads from ${JSON.stringify(asked)} to ${expected}`, () => {
      assert.equal(readReturnTo(asked, baseUrl), expected);
    });
  }
});

describe("the demo app's tokens", () => {
  it('end at instants counted from their receipt', () => {
    const told = { ...answer, expires_in: 300, refresh_token_timeout: 1800, authorization_expires_in: 0 };
    assert.deepEqual(holdTokens(told, receivedAt).deadlines, {
      accessToken: { endAt: receivedAt + 300_000, seconds: 300 },
      idle: { endAt: receivedAt + 1_800_000, seconds: 1800 },
      absolute: { endAt: receivedAt, seconds: 0 },
    });
  });

  it('keep what a refresh does not send again, but no old deadline', () => {
    const first = { ...answer, refresh_token: 'r', id_token: 'i', scope: 's', refresh_token_timeout: 60 };
    const held = holdTokens(answer, receivedAt, holdTokens(first, receivedAt));
    assert.deepEqual([held.refreshToken, held.idToken, held.scope], ['r', 'i', 's']);
    assert.equal(held.deadlines.idle, undefined);
  });

  const claims = Buffer.from('{"roles":["admin"]}').toString('base64url');
  for (const [token, expected] of [
    [`e30.${claims}.c2ln`, { roles: ['admin'] }],
    ['opaque', undefined],
    ['o.pa.que', undefined],
    ['e30..c2ln', undefined],
    ['e30.bnVsbA.c2ln', undefined],
  ] as const) {
    it(`show ${JSON.stringify(expected)} of ${token}`, () => {
      assert.deepEqual(decodeClaims(token), expected);
    });
  }
});

describe("the demo app's refusals", () => {
  const held = holdTokens(answer, receivedAt);
  const refuse = (cause: { error: string; error_description?: string; policy_version?: number }) =>
    readRefusal(new ResponseBodyError('refused', { cause, response: new Response() }), held, receivedAt);

  it('split the description into the reason and a sentence', () => {
    const description = 'idle_timeout: no activity for 30 minutes. Sign in again.';
    const refusal = refuse({ error: 'invalid_grant', error_description: description, policy_version: 3 });
    assert.equal(refusal?.reason, 'idle_timeout');
    assert.equal(refusal.sentence, 'No activity for 30 minutes. Sign in again.');
    assert.equal(refusal.description, description);
    assert.deepEqual(refusal.details, [['policy_version', '3']]);
  });

  it('take any other description, or none, as it is', () => {
    const plain = refuse({ error: 'invalid_grant', error_description: 'grant request is invalid' });
    assert.equal(plain?.reason, undefined);
    assert.equal(plain?.sentence, 'Grant request is invalid');
    assert.equal(refuse({ error: 'invalid_grant' })?.sentence, 'The server gave no further reason.');
  });

  it('are those after which the refresh token is of no use', () => {
    assert.ok(refuse({ error: 'invalid_scope' }));
    for (const error of ['invalid_client', 'invalid_request', 'temporarily_unavailable']) {
      assert.equal(refuse({ error }), undefined);
    }
    assert.equal(readRefusal(new TypeError('fetch failed'), held, receivedAt), undefined);
  });

  it('are not mistaken for an answer that got lost', () => {
    const refused = new ResponseBodyError('no', { cause: { error: 'x' }, response: new Response() });
    assert.equal(isAnswerLost(refused), false);
    assert.equal(
      isAnswerLost(Object.assign(new TypeError('wrong call'), { code: 'ERR_INVALID_ARG_TYPE' })),
      false,
    );
    assert.equal(isAnswerLost(new TypeError('fetch failed')), true);
  });
});

describe("the demo app's markup", () => {
  it('escapes all but itself', () => {
    const markup = html`<a title="${'"><script>'}">${[html`<b>${"'&"}</b>`, undefined, 1]}</a>`;
    assert.equal(markup.toString(), '<a title="&#34;&#62;&#60;script&#62;"><b>&#39;&#38;</b>1</a>');
  });
});
