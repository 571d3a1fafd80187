import assert from 'node:assert/strict';
import { listForms, listPages, listTokenRoutes } from '../support/addresses.ts';
import { authorizationUrl, signInBrowser, startAttackedServer } from '../support/attacked_server.ts';
import { createFormBrowser } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import type { TestServer } from '../support/server.ts';

describe('clickjacking', () => {
  let server: TestServer;
  let signedIn: FormBrowser;
  let nobody: FormBrowser;

  before(async () => {
    server = await startAttackedServer();
    signedIn = await signInBrowser(server.issuer);
    nobody = createFormBrowser(server.issuer);
  });
  after(() => server.stop());

  /** Nothing of ours is drawn inside another's page, whatever the answer is. */
  function assertUnframed(answer: Response, what: string): void {
    const policies = (answer.headers.get('content-security-policy') ?? '').split(/[;,]\s*/);
    const ancestors = policies.filter((directive) => directive.startsWith('frame-ancestors'));
    assert.deepEqual(ancestors, ["frame-ancestors 'none'"], what);
    assert.equal(answer.headers.get('x-frame-options'), 'DENY', what);
  }

  for (const path of [...listPages(), '/healthz', '/assets/nothing.css', '/no/such/page', '/NO/', '/auth']) {
    it(`frames no ${path.replaceAll(/[0-9a-f-]{36}/g, '…')}`, async () => {
      for (const browser of [signedIn, nobody]) assertUnframed(await browser.request(path), path);
    });
  }

  it('frames no page between a request of an app and its answer', async () => {
    const ways = [
      { browser: nobody, parameters: {} },
      { browser: signedIn, parameters: { acr_values: 'urn:curfew:acr:mfa' } },
      { browser: signedIn, parameters: { prompt: 'consent' } },
      { browser: nobody, parameters: { prompt: 'none' } },
      { browser: nobody, parameters: { prompt: 'none', response_mode: 'form_post' } },
      { browser: nobody, parameters: { client_id: 'none' } },
    ];
    for (const { browser, parameters } of ways) {
      const url = authorizationUrl(server.issuer, parameters);
      assertUnframed(await browser.request(url), url);
      const page = await browser.open(url);
      if (page.url.origin === server.issuer) assertUnframed(page.response, page.url.pathname);
    }
  });

  it('frames no answer to a form or a program, least of all a refusal', async () => {
    const forms = listForms().map((form) => ({ method: 'POST', path: form.replace(':uid', 'x') }));
    for (const { method, path } of [...forms, ...listTokenRoutes()]) {
      const body = method === 'GET' || method === 'DELETE' ? null : new URLSearchParams();
      assertUnframed(await nobody.request(path, { method, body }), `${method} ${path}`);
    }
  });

  it('is not let in by the addresses that a page may post to', async () => {
    const { response } = await signedIn.open(authorizationUrl(server.issuer, { prompt: 'consent' }));
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /form-action 'self'(?: http:\/\/127\.0\.0\.1:9)+$/);
    assert.match(policy, /frame-ancestors 'none'; form-action/);
  });
});
