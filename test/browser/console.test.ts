import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { listPageFaults } from '../support/chromium_faults.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { openConsole, openConsoleScene } from '../support/console_scene.ts';

describe('the console in a browser', () => {
  let scene: Scene;

  before(async () => {
    scene = await openConsoleScene();
  });
  afterEach(() => scene.closePages());
  after(() => scene.close());

  for (const path of ['', '/sessions']) {
    it(`has no fault that axe finds and fits into every window: /console${path}`, async () => {
      const page = await scene.openPage({ bypassCSP: true });
      await openConsole(page, scene.server.issuer, await scene.addPerson('admin'), `/console${path}`);
      assert.deepEqual(await listFaults(page), []);
    });
  }

  async function listFaults(page: Page): Promise<string[]> {
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    return await listPageFaults(page, new URL(page.url()).pathname);
  }
});
