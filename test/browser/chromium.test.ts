import assert from 'node:assert/strict';
import { startPackaged } from '../support/chromium.ts';

/** npm brings a browser for Linux on x64 only. */
if (process.platform === 'linux' && process.arch === 'x64') {
  describe('the Chromium that npm brings', () => {
    it('starts on a machine without one, shows text, and leaves nothing behind', async () => {
      const { browser, close } = await startPackaged();
      const page = await browser.newPage();
      await page.setContent('<p style="display: inline-block">Curfew</p>');
      assert.ok(((await page.locator('p').boundingBox())?.width ?? 0) > 20, 'it has a font');
      await close();
    });
  });
}
