import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';

/** Send the form, and wait for the page that answers. */
async function enter(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}

describe('a forgotten password with a browser', () => {
  let mails: MailServer;
  let scene: Scene;

  before(async () => {
    mails = await startMailServer();
    scene = await openScene({ mail: { smtpUrl: mails.url, from: 'login@example.com' } });
  });
  beforeEach(() => {
    mails.received.length = 0;
  });
  afterEach(() => scene.closePages());
  after(async () => {
    await scene.close();
    await mails.close();
  });

  for (const javaScriptEnabled of [true, false]) {
    it(`leads from the sign-in page through the mail to a new one, by keyboard, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const person = await scene.addPerson('member');
      const page = await scene.openPage({ javaScriptEnabled });
      await page.goto(`${scene.server.issuer}/account`);
      await page.getByRole('link', { name: 'Forgotten your password?' }).click();
      assert.equal(await heading(page), 'Forgotten your password?');
      await page.keyboard.type(person.username);
      await enter(page);
      assert.equal(await heading(page), 'Check your mail');

      await mails.waitFor(1);
      const text = (mails.received[0]?.text ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
      const link = /http:\S+token=[\w-]+/.exec(text)?.[0] ?? '';
      const elsewhere = await scene.openPage({ javaScriptEnabled });
      await elsewhere.goto(link);
      assert.equal(await heading(elsewhere), 'Choose a new password');
      assert.equal(new URL(elsewhere.url()).search, '');
      await elsewhere.keyboard.type('short');
      await enter(elsewhere);
      assert.match(await elsewhere.getByRole('alert').innerText(), /at least 15 characters/);
      await elsewhere.keyboard.type('harbour lamp fern');
      await enter(elsewhere);
      assert.equal(await heading(elsewhere), 'Your password is set');

      await elsewhere.getByRole('link', { name: 'Sign in' }).click();
      await signIn(elsewhere, person);
      assert.match(await elsewhere.getByRole('alert').innerText(), /not right/);
      await signIn(elsewhere, { ...person, password: 'harbour lamp fern' });
      assert.equal(await heading(elsewhere), 'Your account');

      await page.goto(link);
      assert.equal(await heading(page), 'This link works no more');
      await page.getByRole('link', { name: 'ask for another one' }).click();
      await page.getByLabel('Username or e-mail address').fill('nobody');
      await press(page, 'Send the link');
      assert.equal(await heading(page), 'Check your mail');
    });
  }
});
