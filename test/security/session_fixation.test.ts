import assert from 'node:assert/strict';
import { authorizationUrl, signInBrowser, startAttackedServer } from '../support/attacked_server.ts';
import { createFormBrowser } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada, grace, shop } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { TestServer } from '../support/server.ts';

describe('session fixation', () => {
  let server: TestServer;

  before(async () => {
    server = await startAttackedServer();
  });
  after(() => server.stop());

  const session = 'curfew_session';

  /** Who an identifier of a session lets in; undefined: nobody. */
  async function whoIs(cookies: Readonly<Record<string, string | undefined>>): Promise<boolean> {
    const cookie = Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
    const answer = await fetch(`${server.issuer}/session`, { headers: { cookie } });
    const { active } = (await answer.json()) as { active: boolean };
    const account = await fetch(`${server.issuer}/account`, { headers: { cookie }, redirect: 'manual' });
    assert.equal(account.status === 200, active, 'both say the same');
    return active;
  }

  const cookiesOf = (browser: FormBrowser) => ({
    [session]: browser.cookie(session),
    [`${session}.sig`]: browser.cookie(`${session}.sig`),
  });

  it('gains nothing by what a browser had before the sign-in', async () => {
    const browser = createFormBrowser(server.issuer);
    // The device's page and signing out give a session to browsers that nobody is signed in with.
    await browser.open('/device');
    const planted = cookiesOf(browser);
    assert.ok(planted[session], 'there is a session before the sign-in');
    const page = await browser.open('/account');
    await browser.submit(page, /sign-in$/, ada);
    assert.equal(await whoIs(cookiesOf(browser)), true);
    assert.notEqual(browser.cookie(session), planted[session]);
    assert.equal(await whoIs(planted), false);
  });

  it('gains nothing by an identifier of its own making, signed or not', async () => {
    const identifier = 'A'.repeat(43);
    const foreign = (await signInBrowser(server.issuer, grace)).cookie(`${session}.sig`);
    for (const signature of [undefined, 'A'.repeat(27), foreign]) {
      const planted = { [session]: identifier, ...(signature ? { [`${session}.sig`]: signature } : {}) };
      assert.equal(await whoIs(planted), false);
      const browser = createFormBrowser(server.issuer);
      for (const [name, value] of Object.entries(planted)) browser.plant({ name, value });
      const page = await browser.open('/account');
      await browser.submit(page, /sign-in$/, ada);
      assert.notEqual(browser.cookie(session), identifier);
      assert.equal(await whoIs(planted), false);
    }
  });

  const renewals: [what: string, parameters: Record<string, string>, authenticator?: true][] = [
    ['signing in again', { prompt: 'login' }],
    ['a second factor', { acr_values: 'urn:curfew:acr:mfa' }, true],
    ['consent', { prompt: 'consent', scope: 'openid offline_access' }],
  ];
  for (const [what, parameters, authenticator] of renewals) {
    it(`gains nothing by what a browser had before ${what}`, async () => {
      const browser = await signInBrowser(server.issuer);
      const old = cookiesOf(browser);
      assert.equal(await whoIs(old), true);
      const party = await createRelyingParty(server.issuer, shop, browser);
      const own = authenticator && { authenticator: { secret: '', recoveryCodes: [] } };
      await party.signIn({ ...ada, ...own }, parameters);
      assert.notEqual(browser.cookie(session), old[session]);
      assert.equal(await whoIs(old), false);
      assert.equal(await whoIs(cookiesOf(browser)), true);
    });
  }

  it('gains nothing by what another account had in the same browser', async () => {
    const browser = await signInBrowser(server.issuer);
    const old = cookiesOf(browser);
    const party = await createRelyingParty(server.issuer, shop, browser);
    const url = authorizationUrl(server.issuer, { prompt: 'login', scope: 'openid' });
    const page = await browser.open(url);
    const asked = await browser.submit(page, /sign-in$/, grace);
    if (asked.text.includes('/session/end/confirm')) await browser.submit(asked, /confirm$/);
    await party.signIn(grace);
    assert.equal(await whoIs(old), false);
  });

  it('gains nothing by an identifier after signing out', async () => {
    const browser = await signInBrowser(server.issuer);
    const old = cookiesOf(browser);
    await browser.submit(await browser.open('/account'), /sign-out$/);
    assert.equal(await whoIs(old), false);
  });

  it('takes no identifier from an address', async () => {
    const browser = await signInBrowser(server.issuer);
    const value = browser.cookie(session) ?? '';
    // As a word of its own: random tokens have it, too.
    const signedIn = /[\s>]ada[\s<]|"active":true/;
    assert.match((await browser.open('/account')).text, signedIn);
    for (const path of ['/account', '/session', '/session/view', '/device']) {
      for (const query of [`?${session}=${value}`, `?session=${value}&sid=${value}`]) {
        const answer = await fetch(`${server.issuer}${path}${query}`, { redirect: 'manual' });
        assert.doesNotMatch(await answer.text(), signedIn);
      }
    }
    const written = await fetch(`${server.issuer}/account;${session}=${value}`, { redirect: 'manual' });
    assert.equal(written.status, 404);
  });
});
