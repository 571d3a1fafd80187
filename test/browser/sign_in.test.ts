import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Person } from '../support/browser.ts';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';

describe('signing in with a browser', () => {
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

  const finish = async (page: Page) => await scene.client.exchange(await scene.client.awaitReturn(page));
  const finishAs = async (page: Page) => await scene.client.nameOwner(await finish(page));
  const focused = (page: Page) => page.locator(':focus');

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';

    it(`leads through consent back to the app, with a code that is good, ${how} JavaScript`, async () => {
      const page = await scene.openPage({ javaScriptEnabled });
      await scene.client.goToIssuer(page);
      assert.equal(await heading(page), 'Sign in to Corner Shop');
      await signIn(page, person);
      assert.equal(await heading(page), 'Allow Corner Shop to use your account?');
      await press(page, 'Allow');
      assert.equal(await finishAs(page), person.username);

      await scene.client.goToIssuer(page);
      assert.equal(await finishAs(page), person.username, 'single sign-on asks nothing more');
    });

    it(`lets another account take the browser over, ${how} JavaScript`, async () => {
      const page = await scene.openPage({ javaScriptEnabled });
      await scene.client.goToIssuer(page);
      await signIn(page, person);
      await press(page, 'Allow');
      const other = await scene.addPerson('member');
      const before = await finish(page);

      await scene.client.goToIssuer(page, { prompt: 'login' });
      await signIn(page, other);
      if (!javaScriptEnabled) await press(page, 'Continue');
      assert.equal(await heading(page), 'Allow Corner Shop to use your account?');
      assert.match(await page.locator('main').innerText(), new RegExp(`Account ${other.username}`));
      await press(page, 'Allow');
      const after = await finish(page);
      assert.equal(await scene.client.nameOwner(after), other.username);
      assert.notEqual(after.claims()?.sub, before.claims()?.sub);
    });
  }

  it('tells of a wrong password in the title, above the heading and at the focused field', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page);
    await signIn(page, { ...person, password: 'wrong' });
    const error = 'The username or the password is not right.';
    assert.equal(await page.title(), 'Error: Sign in to Corner Shop');
    assert.match(await page.getByRole('alert').innerText(), new RegExp(`There is a problem\\s+${error}`));
    assert.equal(await page.getByLabel('Username').inputValue(), person.username);
    assert.equal(await focused(page).getAttribute('id'), 'password');
    assert.equal(await focused(page).getAttribute('aria-invalid'), 'true');
    assert.equal(await focused(page).getAttribute('aria-describedby'), 'password-error');
    assert.equal(await page.locator('#password-error').innerText(), error);
    await page.getByRole('link', { name: error }).click();
    assert.equal(await focused(page).getAttribute('id'), 'username');
    await signIn(page, person);
    assert.match(await heading(page), /^Allow/);
  });

  it('can be given up, which the app is told', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page);
    await press(page, 'Cancel');
    const url = await scene.client.awaitReturn(page);
    assert.equal(url.searchParams.get('error'), 'access_denied');
  });

  it('asks for the password again at prompt=login, and keeps the session', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page);
    await signIn(page, person);
    await press(page, 'Allow');
    const first = (await finish(page)).claims();
    await scene.server.clock.advance(60);
    await scene.client.goToIssuer(page, { prompt: 'login' });
    assert.equal(await heading(page), "Confirm it's you");
    assert.equal(await page.getByLabel('Username').inputValue(), person.username);
    await page.getByLabel('Password', { exact: true }).fill(person.password);
    await press(page, 'Continue');
    const again = (await finish(page)).claims();
    assert.ok(Number(again?.auth_time) >= Number(first?.auth_time) + 60);
    assert.equal(again?.sid, first?.sid);
  });

  it('says why it is asked for when the session was idle for too long', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page);
    await signIn(page, person);
    await press(page, 'Allow');
    await scene.client.awaitReturn(page);
    await scene.server.clock.advance(3600);
    await scene.client.goToIssuer(page);
    assert.equal(
      await page.locator('#notice').innerText(),
      'You were signed out after 1 hour without activity.',
    );
    await signIn(page, person);
    assert.equal(await finishAs(page), person.username);
  });

  it('needs no mouse', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page);
    assert.equal(await focused(page).getAttribute('id'), 'username');
    await page.keyboard.type(person.username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(person.password);
    await page.keyboard.press('Tab');
    assert.equal(await focused(page).getAttribute('aria-label'), 'Show password');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Allow/ }).waitFor();

    for (const next of ['Skip to the content', 'Allow', 'Deny']) {
      await page.keyboard.press('Tab');
      assert.equal(await focused(page).innerText(), next);
    }
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    assert.equal(outline, 'solid', 'the focus can be seen');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    assert.equal(await finishAs(page), person.username);
  });
});
