import assert from 'node:assert/strict';
import { createCsrfTokens, rejectCrossSite } from '../../src/http/csrf.ts';
import { serveKoa } from '../support/bare_koa.ts';
import type { BareKoa } from '../support/bare_koa.ts';

describe('rejectCrossSite', () => {
  const own = 'https://login.example.com';
  let app: BareKoa;

  before(async () => {
    app = await serveKoa([
      rejectCrossSite(own),
      (ctx) => {
        ctx.body = 'done';
      },
    ]);
  });
  after(() => app.close());

  const requests: [site: string | undefined, origin: string | undefined, status: 200 | 403][] = [
    [undefined, undefined, 200],
    ['same-origin', undefined, 200],
    ['none', undefined, 200],
    ['same-site', undefined, 403],
    ['cross-site', undefined, 403],
    ['nonsense', undefined, 403],
    ['SAME-ORIGIN', undefined, 403],
    [undefined, own, 200],
    [undefined, `${own}:443`, 403],
    [undefined, 'http://login.example.com', 403],
    [undefined, 'https://login.example.com.evil.example', 403],
    [undefined, 'https://evil.example', 403],
    [undefined, 'null', 403],
    ['same-origin', own, 200],
    ['same-origin', 'null', 200],
    ['cross-site', own, 403],
    ['cross-site', 'null', 403],
  ];
  for (const [site, origin, status] of requests) {
    const said = `Sec-Fetch-Site ${site ?? 'absent'}, Origin ${origin ?? 'absent'}`;
    const headers = { ...(site ? { 'Sec-Fetch-Site': site } : {}), ...(origin ? { Origin: origin } : {}) };

    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      it(`answers ${status} to ${method} with ${said}`, async () => {
        assert.equal((await app.request('/', { method, headers })).status, status);
      });
    }

    it(`lets reading pass with ${said}`, async () => {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        assert.equal((await app.request('/', { method, headers })).status, 200);
      }
    });
  }
});

describe('a CSRF token', () => {
  const tokens = createCsrfTokens([Buffer.alloc(32, 1)]);
  const token = tokens.issue('an interaction');

  it('is good for the subject it was issued for, on every instance with the key', () => {
    assert.equal(tokens.check('an interaction', token), true);
    assert.equal(createCsrfTokens([Buffer.alloc(32, 1)]).check('an interaction', token), true);
  });

  it('is good while its key is an older one, and made with the newest', () => {
    const both = createCsrfTokens([Buffer.alloc(32, 2), Buffer.alloc(32, 1)]);
    assert.equal(both.check('an interaction', token), true);
    const [newest, older] = [Buffer.alloc(32, 2), Buffer.alloc(32, 1)].map((key) => createCsrfTokens([key]));
    assert.equal(newest?.check('an interaction', both.issue('an interaction')), true);
    assert.equal(older?.check('an interaction', both.issue('an interaction')), false);
  });

  it('is another for each subject and key', () => {
    assert.equal(tokens.check('another interaction', token), false);
    assert.equal(createCsrfTokens([Buffer.alloc(32, 2)]).check('an interaction', token), false);
  });

  const wrong: unknown[] = [
    '',
    token.slice(1),
    `${token}x`,
    token.toLowerCase(),
    undefined,
    null,
    0,
    [token],
    { token },
  ];
  for (const value of wrong) {
    it(`is not ${JSON.stringify(value) ?? 'absent'}`, () =>
      assert.equal(tokens.check('an interaction', value), false));
  }
});
