import assert from 'node:assert/strict';
import { createFormBrowser } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada, api, exampleConfiguration, joan, shop } from '../support/example_configuration.ts';
import { redirectUri } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('consent', () => {
  let server: TestServer;
  let browser: FormBrowser;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  beforeEach(() => {
    browser = createFormBrowser(server.issuer);
  });
  after(() => server.stop());

  /** The scopes that the page lists; then it is allowed. */
  async function consentTo(person: { username: string; password: string }, scope: string): Promise<string[]> {
    const query = new URLSearchParams({
      client_id: shop.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      resource: api,
      scope,
      prompt: 'consent',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    let page = await browser.open(`${server.issuer}/auth?${query.toString()}`);
    if (/\/sign-in"/.test(page.text)) page = await browser.submit(page, /sign-in$/, person);
    const listed = [...page.text.matchAll(/<code>(.*?)<\/code>/g)].map(([, name = '']) => name);
    const done = await browser.submit(page, /consent$/);
    assert.ok(done.url.searchParams.get('code'));
    return listed;
  }

  it('lists a scope of a role to whoever has the role, the first time and again', async () => {
    const scope = 'openid reports.read payments.write';
    const all = ['openid', 'reports.read', 'payments.write'];
    assert.deepEqual(await consentTo(joan, scope), all);
    assert.deepEqual(await consentTo(joan, scope), all);
  });

  it('lists it to nobody else, the first time and again', async () => {
    const scope = 'openid reports.read payments.write';
    assert.deepEqual(await consentTo(ada, scope), ['openid', 'reports.read']);
    assert.deepEqual(await consentTo(ada, scope), ['openid', 'reports.read']);
    assert.deepEqual(await consentTo(ada, 'openid payments.write'), ['openid']);
  });

  it('lists it no more to whoever allowed it once and lost the role since', async () => {
    const scope = 'openid reports.read payments.write';
    const users = (roles: string[]) => server.apply({ users: [{ ...joan, roles }] });
    assert.deepEqual(await consentTo(joan, scope), ['openid', 'reports.read', 'payments.write']);
    await users(['member']);
    assert.deepEqual(await consentTo(joan, scope), ['openid', 'reports.read']);
    await users(['member', 'admin']);
  });
});
