import assert from 'node:assert/strict';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Person } from '../support/browser.ts';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';

describe('the account pages with a browser', () => {
  let scene: Scene;
  let person: Person;

  before(async () => {
    scene = await openScene();
  });
  after(() => scene.close());
  beforeEach(async () => {
    person = await scene.addPerson('member');
  });
  afterEach(() => scene.closePages());

  async function visit(options?: BrowserContextOptions): Promise<Page> {
    const page = await scene.openPage(options);
    await page.goto(`${scene.server.issuer}/account/sessions`);
    await signIn(page, person);
    assert.equal(await heading(page), 'Where you are signed in');
    return page;
  }

  for (const javaScriptEnabled of [true, false]) {
    it(`end another browser by keyboard alone, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const other = await visit();
      const page = await visit({ javaScriptEnabled });
      const button = page.getByRole('button', { name: /^Sign out Chrome on Linux, / });
      const focused = page.locator(':focus');
      for (let presses = 0; presses < 12 && (await button.and(focused).count()) === 0; presses += 1) {
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      const notice = page.getByRole('status');
      await notice.waitFor();
      assert.equal(await notice.innerText(), 'That browser is signed out.');
      assert.equal(await notice.and(focused).count(), 1, 'it is read out');
      assert.ok(await page.getByText('You are signed in nowhere else.').isVisible());
      await other.reload();
      assert.equal(await heading(other), 'Sign in to Curfew');
    });
  }

  it("tell times in the reader's own zone, and in UTC without JavaScript", async () => {
    const locale = { locale: 'en-GB', timezoneId: 'Pacific/Kiritimati' };
    const plain = await visit({ ...locale, javaScriptEnabled: false });
    const local = await visit(locale);
    const read = async (page: Page) => {
      const time = page.locator('time').first();
      return { text: await time.innerText(), moment: new Date((await time.getAttribute('datetime')) ?? '') };
    };
    const format = (timeZone: string) =>
      new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone });
    const [utc, own] = [await read(plain), await read(local)];
    assert.equal(utc.text, `${format('UTC').format(utc.moment)} UTC`);
    assert.equal(own.text, format(locale.timezoneId).format(own.moment));
  });

  it('sign out everywhere, and the way back in leads to the account', async () => {
    const [page, other] = [await visit(), await visit()];
    await page.getByRole('link', { name: 'Your account' }).click();
    await press(page, 'Sign out everywhere');
    assert.equal(await heading(page), 'Signed out');
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await signIn(page, person);
    assert.equal(await heading(page), 'Your account');
    await other.reload();
    assert.match(await other.locator('main').innerText(), /This browser was signed out/);
  });
});
