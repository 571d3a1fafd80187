import assert from 'node:assert/strict';
import { buildEndSessionUrl } from 'openid-client';
import type { Page } from 'playwright-core';
import type { Person } from '../support/browser.ts';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import type { Tokens } from '../support/relying_party.ts';

describe('signing out with a browser', () => {
  let scene: Scene;
  let person: Person;
  let page: Page;
  let tokens: Tokens;

  before(async () => {
    scene = await openScene();
  });
  after(() => scene.close());
  afterEach(() => scene.closePages());

  async function signInFirst(javaScriptEnabled = true): Promise<void> {
    person = await scene.addPerson('member');
    page = await scene.openPage({ javaScriptEnabled });
    await scene.client.goToIssuer(page);
    await signIn(page, person);
    await press(page, 'Allow');
    tokens = await scene.client.exchange(await scene.client.awaitReturn(page));
  }

  /** Where the client sends the browser to sign out and come back. */
  const signOutUrl = () =>
    buildEndSessionUrl(scene.client.config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${scene.site.origin}/`,
      state: 'left',
    }).href;
  const goOut = (url: string) => page.goto(url);
  const isBack = () => page.waitForURL(`${scene.site.origin}/?state=left`);

  it('asks first, says so afterwards, and asks for the password then', async () => {
    await signInFirst();
    await goOut(`${scene.server.issuer}/session/end`);
    assert.equal(await heading(page), 'Sign out?');
    assert.match(await page.locator('main').innerText(), new RegExp(`Account ${person.username}`));
    await press(page, 'Sign out');
    assert.equal(await heading(page), 'Signed out');
    await scene.client.goToIssuer(page);
    assert.equal(await heading(page), 'Sign in to Corner Shop');
  });

  it('can be thought better of', async () => {
    await signInFirst();
    await goOut(`${scene.server.issuer}/session/end`);
    await press(page, 'Stay signed in');
    await scene.client.goToIssuer(page);
    await scene.client.exchange(await scene.client.awaitReturn(page));
  });

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';

    it(`leads back to the app that asked, ${how} JavaScript`, async () => {
      await signInFirst(javaScriptEnabled);
      await goOut(signOutUrl());
      assert.match(await page.locator('main').innerText(), /Corner Shop asks to sign you out\./);
      await press(page, 'Sign out');
      await isBack();
    });

    it(`leads back to the app when the session is over already, ${how} JavaScript`, async () => {
      await signInFirst(javaScriptEnabled);
      await scene.server.clock.advance(3600);
      await goOut(signOutUrl());
      if (!javaScriptEnabled) await press(page, 'Continue');
      await isBack();
    });
  }
});
