import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { Page } from 'playwright-core';
import type { Person } from '../support/browser.ts';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene, sensitive } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { asOwner } from '../support/owner.ts';
import { addVirtualAuthenticator } from '../support/virtual_authenticator.ts';
import type { VirtualAuthenticator } from '../support/virtual_authenticator.ts';

describe('passkeys in a browser', () => {
  let scene: Scene;
  let person: Person;

  before(async () => {
    scene = await openScene();
  });
  beforeEach(async () => {
    person = await scene.addPerson('admin');
  });
  afterEach(() => scene.closePages());
  after(() => scene.close());

  /** Add one on the security page, with the browser's own authenticator. */
  async function addPasskey(page: Page, name: string): Promise<void> {
    await page.goto(`${scene.server.issuer}/account/security/passkeys/new`);
    await page.getByLabel('Name of the passkey').fill(name);
    await press(page, 'Create a passkey');
  }

  async function openSecurity(page: Page): Promise<void> {
    await page.goto(`${scene.server.issuer}/account/security`);
    await signIn(page, person);
  }

  it('are made on the security page, once for each device', async () => {
    const page = await scene.openPage();
    const authenticator = await addVirtualAuthenticator(page);
    await openSecurity(page);
    await addPasskey(page, 'Laptop');
    await page.getByRole('heading', { name: 'Save your recovery codes' }).waitFor();
    assert.equal(await page.locator('#codes li').count(), 10, 'with recovery codes');
    await page.getByRole('link', { name: 'I have saved them' }).click();
    await page.getByRole('heading', { name: 'Laptop', level: 3 }).waitFor();
    assert.equal(await authenticator.countCredentials(), 1);
    await addPasskey(page, 'Laptop again');
    await page.getByText('This device has a passkey of your account already.').waitFor();
    assert.equal(await heading(page), 'Add a passkey');
    assert.equal(await authenticator.countCredentials(), 1);
  });

  it('confirm who it is before a change, and say calmly when nobody confirms', async () => {
    const page = await scene.openPage();
    const authenticator = await addVirtualAuthenticator(page);
    await openSecurity(page);
    await addPasskey(page, 'Laptop');
    await page.getByRole('link', { name: 'I have saved them' }).click();
    await scene.server.clock.advance(301);
    await page.getByRole('link', { name: 'Set up an app' }).click();
    await authenticator.setVerified(false);
    await press(page, 'Use a passkey instead');
    await page.getByText('Nothing was confirmed. Try again, or use another way.').waitFor();
    await authenticator.setVerified(true);
    await press(page, 'Use a passkey instead');
    await page.getByRole('heading', { name: 'Set up your authenticator app' }).waitFor();
  });

  /** Somebody with a passkey in this tab's authenticator, signed out again. */
  async function preparePasskey(page: Page): Promise<VirtualAuthenticator> {
    const authenticator = await addVirtualAuthenticator(page);
    await openSecurity(page);
    await addPasskey(page, 'Laptop');
    await page.getByRole('link', { name: 'I have saved them' }).click();
    await page.getByRole('heading', { name: 'Laptop', level: 3 }).waitFor();
    return authenticator;
  }
  const finish = async (page: Page) => await scene.client.exchange(await scene.client.awaitReturn(page));

  it('are the second factor of somebody who has no app', async () => {
    const page = await scene.openPage();
    await preparePasskey(page);
    await scene.client.goToIssuer(page, sensitive);
    assert.equal(await heading(page), 'Use your passkey');
    await press(page, 'Use a passkey');
    await press(page, 'Allow');
    const claims = decodeJwt((await finish(page)).access_token);
    assert.deepEqual([claims.acr, claims.amr], ['urn:curfew:acr:mfa', ['pwd', 'hwk', 'user', 'mfa']]);
    assert.equal(claims.scope, 'payments.write');
  });

  it('are added on the way to what takes no code, and prove it at once', async () => {
    const page = await scene.openPage();
    await addVirtualAuthenticator(page);
    await scene.client.goToIssuer(page, { acr_values: 'urn:curfew:acr:phr' });
    await signIn(page, person);
    assert.equal(await heading(page), 'Add a passkey');
    await press(page, 'Create a passkey');
    await press(page, 'I have saved them — continue');
    await press(page, 'Allow');
    const claims = decodeJwt((await finish(page)).id_token ?? '');
    assert.deepEqual([claims.acr, claims.amr], ['urn:curfew:acr:phr', ['pwd', 'hwk', 'user', 'mfa']]);
  });

  it('sign in alone at the push of a button, without a name', async () => {
    const page = await scene.openPage();
    await preparePasskey(page);
    await page.context().clearCookies();
    // A browser that lists nothing in the field: there it would sign in by itself, as the next test shows.
    await page.addInitScript(
      'if (window.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = undefined',
    );
    await scene.client.goToIssuer(page, { acr_values: 'urn:curfew:acr:mfa' });
    await press(page, 'Sign in with a passkey');
    await press(page, 'Allow');
    const tokens = await finish(page);
    assert.equal(await scene.client.nameOwner(tokens), person.username);
    const claims = decodeJwt(tokens.id_token ?? '');
    assert.deepEqual([claims.acr, claims.amr], ['urn:curfew:acr:mfa', ['hwk', 'user', 'mfa']]);
  });

  it('sign in from the list of the username field, without a button', async () => {
    const page = await scene.openPage();
    await preparePasskey(page);
    await page.context().clearCookies();
    await scene.client.goToIssuer(page);
    await press(page, 'Allow');
    const tokens = await finish(page);
    assert.equal(await scene.client.nameOwner(tokens), person.username);
  });

  it('are not offered again by themselves after a refusal, but where the username is touched', async () => {
    const page = await scene.openPage();
    await preparePasskey(page);
    await page.context().clearCookies();
    let answers = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/passkey-login')) answers += 1;
    });
    const rename = 'update passkeys set credential_id = reverse(credential_id)';
    await asOwner(scene.server.test.ownerUrl, rename);
    await scene.client.goToIssuer(page);
    await page.getByRole('alert').getByText('This passkey was not accepted.').waitFor();
    await signIn(page, person);
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    assert.equal(answers, 1, 'who types is left alone');
    await page.context().clearCookies();
    await scene.client.goToIssuer(page);
    await page.getByRole('alert').getByText('This passkey was not accepted.').waitFor();
    await asOwner(scene.server.test.ownerUrl, rename);
    await page.getByLabel('Username').click();
    await press(page, 'Allow');
    const tokens = await finish(page);
    assert.equal(await scene.client.nameOwner(tokens), person.username);
    assert.equal(answers, 3);
  });

  it('are offered again where the username is touched after nobody confirmed at the button', async () => {
    const page = await scene.openPage();
    const authenticator = await preparePasskey(page);
    await page.context().clearCookies();
    await authenticator.setVerified(false);
    await scene.client.goToIssuer(page);
    await press(page, 'Sign in with a passkey');
    await page.getByText('Nothing was confirmed. Try again, or use another way.').waitFor();
    await authenticator.setVerified(true);
    await page.getByLabel('Username').click();
    await press(page, 'Allow');
    assert.equal(await scene.client.nameOwner(await finish(page)), person.username);
  });

  it('leave name and password as they are where there is no JavaScript', async () => {
    const page = await scene.openPage({ javaScriptEnabled: false });
    await scene.client.goToIssuer(page);
    await page.getByText('A passkey can be used only where JavaScript is on.').waitFor();
    await signIn(page, person);
    await press(page, 'Allow');
    await finish(page);
  });

  it('need JavaScript, and the page says so where there is none', async () => {
    const page = await scene.openPage({ javaScriptEnabled: false });
    await openSecurity(page);
    await page.getByRole('link', { name: 'Add a passkey' }).click();
    await page.getByText('A passkey can be used only where JavaScript is on.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Create a passkey' }).isVisible(), false);
    await page.getByRole('link', { name: 'Cancel' }).click();
    assert.equal(await page.getByRole('link', { name: 'Set up an app' }).isVisible(), true);
  });
});
