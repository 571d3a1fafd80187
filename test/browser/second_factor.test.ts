import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { Page } from 'playwright-core';
import type { Person } from '../support/browser.ts';
import { enrol, enterCode, heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene, sensitive } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { totpCode } from '../support/totp.ts';

const mfa = 'urn:curfew:acr:mfa';

describe('a second factor in a browser', () => {
  let scene: Scene;
  let person: Person;

  before(async () => {
    scene = await openScene();
  });
  beforeEach(async () => {
    person = await scene.addPerson('admin');
    // Begin at the start of a time step, so that none ends in the middle of a test.
    await scene.server.clock.advance(30 - ((Date.now() / 1000) % 30));
  });
  afterEach(() => scene.closePages());
  after(() => scene.close());

  const finish = async (page: Page) => await scene.client.exchange(await scene.client.awaitReturn(page));

  /** Sign in for a scope that takes a second factor, which is set up on the way. */
  async function signInAndEnrol(page: Page) {
    await scene.client.goToIssuer(page, sensitive);
    await signIn(page, person);
    const authenticator = await enrol(page);
    await press(page, 'I have saved them — continue');
    await press(page, 'Allow');
    return { authenticator, tokens: await finish(page) };
  }

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with' : 'without';

    it(`is set up on the way to what needs it, and asked for later, ${how} JavaScript`, async () => {
      const page = await scene.openPage({ javaScriptEnabled });
      const { authenticator, tokens } = await signInAndEnrol(page);
      assert.equal(authenticator.recoveryCodes.length, 10);
      const claims = decodeJwt(tokens.access_token);
      assert.deepEqual([claims.scope, claims.acr], ['payments.write', mfa]);

      await scene.server.clock.advance(300);
      await scene.client.goToIssuer(page, sensitive);
      assert.equal(await heading(page), 'Enter your code');
      const text = await page.locator('main').innerText();
      assert.match(text, /Corner Shop asks you to confirm it's you before it may: Move money\./);
      assert.equal(await page.locator('input[type=password]').count(), 0, 'no second password');
      assert.equal(await page.locator(':focus').getAttribute('autocomplete'), 'one-time-code');
      await enterCode(page, totpCode(authenticator.secret));
      const again = decodeJwt((await finish(page)).access_token);
      assert.ok(Number(again.auth_time) >= Number(claims.auth_time) + 300);
    });
  }

  it('is offered as a picture, a link and a text that all say the same', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page, sensitive);
    await signIn(page, person);
    assert.equal(await heading(page), 'Set up your authenticator app');
    const link = page.getByRole('link', { name: 'Open in the app' });
    const uri = new URL((await link.getAttribute('href')) ?? '');
    assert.equal(uri.protocol, 'otpauth:');
    assert.equal(decodeURIComponent(uri.pathname), `/Curfew:${person.username}`);
    const text = (await page.locator('#secret').innerText()).replace(/\s+/g, '');
    assert.equal(text, uri.searchParams.get('secret'));
    const picture = page.getByRole('img', { name: `QR code that adds ${person.username} at Curfew` });
    const box = await picture.boundingBox();
    assert.ok(box && box.width >= 150 && Math.abs(box.width - box.height) < 1, 'large enough to scan');
    assert.ok(((await picture.locator('path').getAttribute('d')) ?? '').length > 500);
  });

  it('is not turned on by a wrong code, and keeps the secret that was scanned', async () => {
    const page = await scene.openPage();
    await scene.client.goToIssuer(page, sensitive);
    await signIn(page, person);
    const before = await page.locator('#secret').innerText();
    await page.getByLabel('Name of the device').fill('Phone');
    await page.getByLabel('Code from the app').fill('000 000');
    await press(page, 'Turn it on');
    assert.match(await page.title(), /^Error: /);
    assert.match(await page.getByRole('alert').innerText(), /The code is not right/);
    assert.equal(await page.locator('#secret').innerText(), before);
    assert.equal(await page.getByLabel('Name of the device').inputValue(), 'Phone');
    assert.equal((await enrol(page)).recoveryCodes.length, 10);
  });

  it('is asked for again after a wrong code, and not before a while after five', async () => {
    const page = await scene.openPage();
    const { authenticator } = await signInAndEnrol(page);
    await scene.server.clock.advance(300);
    await scene.client.goToIssuer(page, sensitive);
    const right = totpCode(authenticator.secret);
    for (let tries = 0; tries < 5; tries += 1) {
      await enterCode(page, right === '000000' ? '000001' : '000000');
      assert.equal(await page.title(), 'Error: Enter your code');
      assert.equal(await page.locator(':focus').getAttribute('aria-invalid'), 'true');
    }
    await enterCode(page, right);
    assert.match(await page.getByRole('alert').innerText(), /Please wait\s+You can try again in/);
    await scene.server.clock.advance(60);
    await enterCode(page, totpCode(authenticator.secret));
    await finish(page);
  });

  it('follows the password at prompt=login', async () => {
    const page = await scene.openPage();
    const { authenticator } = await signInAndEnrol(page);
    await scene.server.clock.advance(300);
    await scene.client.goToIssuer(page, { ...sensitive, prompt: 'login' });
    assert.equal(await heading(page), "Confirm it's you");
    await signIn(page, person);
    await enterCode(page, totpCode(authenticator.secret));
    assert.equal(decodeJwt((await finish(page)).access_token).acr, mfa);
  });

  it('is replaced after a recovery code', async () => {
    const page = await scene.openPage();
    const { authenticator } = await signInAndEnrol(page);
    await scene.server.clock.advance(60);
    const other = await scene.openPage();
    await scene.client.goToIssuer(other, sensitive);
    await signIn(other, person);
    await other.getByRole('link', { name: 'Use a recovery code' }).click();
    assert.equal(await heading(other), 'Use a recovery code');
    await other.getByLabel('Recovery code').fill('aaaa-bbbb-cccc-dddd');
    await press(other, 'Continue');
    assert.match(await other.getByRole('alert').innerText(), /not one of your unused recovery codes/);
    await other.getByRole('link', { name: 'Enter its code instead' }).click();
    assert.equal(await heading(other), 'Enter your code');
    await other.getByRole('link', { name: 'Use a recovery code' }).click();
    await other.getByLabel('Recovery code').fill(authenticator.recoveryCodes[0] ?? '');
    await press(other, 'Continue');
    assert.equal(await heading(other), 'Set up your authenticator app');
    const next = await enrol(other);
    assert.notEqual(next.secret, authenticator.secret);
    await press(other, 'I have saved them — continue');
    assert.equal(decodeJwt((await finish(other)).access_token).acr, mfa);
  });

  it('comes with recovery codes to keep', async () => {
    const page = await scene.openPage({ permissions: ['clipboard-read', 'clipboard-write'] });
    await scene.client.goToIssuer(page, sensitive);
    await signIn(page, person);
    const { recoveryCodes } = await enrol(page);
    await press(page, 'Copy');
    await page.getByText('Copied').waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), recoveryCodes.join('\n'));
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    assert.equal((await downloading).suggestedFilename(), 'recovery-codes.txt');
  });
});
