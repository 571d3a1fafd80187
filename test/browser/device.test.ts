import assert from 'node:assert/strict';
import { initiateDeviceAuthorization, pollDeviceAuthorizationGrant } from 'openid-client';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';

describe('connecting a device with a browser', () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.closePages());
  after(() => scene.close());

  for (const javaScriptEnabled of [true, false]) {
    it(`works by the address of a QR code, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const { config } = scene.client;
      const person = await scene.addPerson('member');
      const started = await initiateDeviceAuthorization(config, { scope: 'openid profile' });
      const page = await scene.openPage({ javaScriptEnabled });
      await page.goto(started.verification_uri_complete ?? '');
      if (!javaScriptEnabled) await press(page, 'Continue');
      await page.getByRole('heading', { name: 'Is this your device?' }).waitFor();
      assert.equal(await page.locator('.user-code').innerText(), started.user_code);
      await press(page, 'Continue');
      await signIn(page, person);
      assert.equal(await heading(page), 'Allow Corner Shop to use your account?');
      const text = await page.locator('main').innerText();
      assert.doesNotMatch(text, /you go on to/, 'nobody goes anywhere: the device does');
      await press(page, 'Allow');
      assert.equal(await heading(page), 'Your device is connected');
      const tokens = await pollDeviceAuthorizationGrant(config, { ...started, interval: 1 });
      assert.equal(await scene.client.nameOwner(tokens), person.username);
    });
  }
});
