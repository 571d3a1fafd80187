import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Person } from '../support/browser.ts';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { addVirtualAuthenticator } from '../support/virtual_authenticator.ts';

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
