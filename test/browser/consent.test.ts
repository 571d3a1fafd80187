import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { Person } from '../support/browser.ts';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { api } from '../support/example_configuration.ts';

const reports = { resource: api, scope: 'openid profile reports.read' };

describe('consent in a browser', () => {
  let scene: Scene;
  let person: Person;

  before(async () => {
    scene = await openScene();
  });
  beforeEach(async () => {
    person = await scene.addPerson('member');
  });
  afterEach(() => scene.closePages());
  after(() => scene.close());

  it('names the app, where it lives, the account, what it may do and for how long', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page, reports);
    await signIn(page, person);
    assert.equal(await heading(page), 'Allow Corner Shop to use your account?');
    const text = await page.locator('main').innerText();
    assert.match(text, new RegExp(`you go on to ${new URL(scene.site.origin).host}\\.`));
    assert.match(text, new RegExp(`Account ${person.username}`));
    assert.match(text, /Know who you are/);
    assert.match(text, /At https:\/\/api\.example\.com\s+Read reports/);
    assert.match(text, /Ends after 30 minutes without activity\./);
    assert.match(text, /Ends after 12 hours in any case\./);
    await press(page, 'Allow');
    const tokens = await scene.client.exchange(await scene.client.awaitReturn(page));
    assert.equal(decodeJwt(tokens.access_token).scope, 'reports.read');
  });

  it('asks only for what is new', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page);
    await signIn(page, person);
    await press(page, 'Allow');
    await scene.client.awaitReturn(page);
    await scene.client.goToIssuer(page, reports);
    const text = await page.locator('main').innerText();
    assert.match(text, /Read reports/);
    assert.doesNotMatch(text, /Know who you are/);
  });

  for (const javaScriptEnabled of [true, false]) {
    it(`can be denied ${javaScriptEnabled ? 'with' : 'without'} JavaScript, and is asked for again`, async () => {
      const page = await scene.openPage({ javaScriptEnabled });
      await scene.client.goToIssuer(page);
      await signIn(page, person);
      await press(page, 'Deny');
      const url = await scene.client.awaitReturn(page);
      assert.equal(url.searchParams.get('error'), 'access_denied');
      assert.equal(url.searchParams.get('code'), null);
      assert.equal(url.searchParams.get('iss'), scene.server.issuer);

      await scene.client.goToIssuer(page);
      assert.match(await heading(page), /^Allow Corner Shop/, 'still signed in');
    });
  }

  it('has its main action in the first form, as robots and password managers expect', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page);
    await signIn(page, person);
    assert.equal(await page.locator('main form').first().innerText(), 'Allow');
  });
});
