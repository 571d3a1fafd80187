import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { Page, Request } from 'playwright-core';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { grace, startDemo } from '../support/chromium_demo.ts';
import type { Demo } from '../support/chromium_demo.ts';
import { press, signIn } from '../support/chromium_pages.ts';
import { openPage } from '../support/chromium_scene.ts';
import { endProcesses } from '../support/process_curfew.ts';
import { sqlOne } from '../support/sql.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Milliseconds. A request that a page left behind when it was left is never over. */
const patience = 10_000;

const places = [
  ['of an app of the same site', 'localhost'],
  ['of an app of another site', '127.0.0.1'],
] as const;

/** grace's limits in the demo: 45 seconds without activity, 5 minutes in all; the warning comes 20 seconds before. */
for (const [whose, host] of places) {
  describe(`the watch ${whose}`, () => {
    let demo: Demo;
    let page: Page;
    let requests: Request[];
    /** And when they began. */
    let underWay: Map<Request, number>;

    before(async () => {
      demo = await startDemo(host);
    });
    beforeEach(async () => {
      page = await openPage({ bypassCSP: true });
      // The browser's clock is wrong, and goes on in the past; the server's stands, whatever the machine takes.
      await page.clock.install({ time: '2001-02-03T04:05:06Z' });
      await demo.server.clock.stop();
      requests = [];
      underWay = new Map();
      page.context().on('request', (request) => {
        requests.push(request);
        underWay.set(request, performance.now());
      });
      for (const over of ['requestfinished', 'requestfailed'] as const) {
        page.context().on(over as 'requestfinished', (request) => underWay.delete(request));
      }
      await page.goto(`${demo.url}/token`);
      await signIn(page, grace);
      const allow = page.getByRole('button', { name: 'Allow', exact: true });
      await allow.or(title(page)).waitFor();
      if (await allow.isVisible()) await allow.click();
      await awaitPage(page);
    });
    afterEach(async () => {
      await page.context().close();
      await demo.server.clock.reset();
    });
    after(async () => {
      await endProcesses();
      await demo.server.stop();
    });

    async function awaitPage(which: Page): Promise<void> {
      await title(which).waitFor();
      // By now the app has begun to load it, and goes on first.
      await which.evaluate(
        `import(document.querySelector('#leave').dataset.issuer + '/assets/curfew-session.js').then(() => undefined)`,
      );
      await rest();
    }

    /** Time passes for the server and for the browser alike. */
    async function pass(seconds: number): Promise<void> {
      await demo.server.clock.advance(seconds);
      await page.clock.fastForward(seconds * 1000);
      await rest();
    }

    /** Until no page waits for an answer: a timer that is not set yet cannot be passed over. */
    async function rest(): Promise<void> {
      let calm = 0;
      while (calm < 3) {
        for (const each of page.context().pages()) await each.evaluate('0').catch(() => (calm = 0));
        const isWaiting = [...underWay.values()].some((since) => performance.now() - since < patience);
        calm = isWaiting ? 0 : calm + 1;
      }
    }

    /** Since the user was there, as far as the server knows. */
    async function secondsAway(): Promise<number> {
      const cookies = await page.context().cookies(demo.server.issuer);
      const { away } = await sqlOne<{ away: number }>(
        demo.server.database,
        `select extract(epoch from curfew_now() - last_activity_at)::float8 as away
         from sessions where cookie_hash = $1`,
        hashToken(cookies.find(({ name }) => name === 'curfew_session')?.value ?? ''),
      );
      return away;
    }

    const title = (which: Page) => which.getByRole('heading', { name: 'What the access token says' });
    const warning = (which: Page) => which.getByRole('alertdialog', { name: 'Stay signed in?' });
    const end = (which: Page) => which.getByRole('alertdialog', { name: 'Signed out' });
    const focused = (which: Page) =>
      which.evaluate<string>(
        '(document.activeElement.shadowRoot?.activeElement ?? document.activeElement).textContent.trim()',
      );
    const back = (which: Page) => which.getByRole('link', { name: 'Back to what ends when' });

    it('warns in time, with the focus on the button that keeps the user, which gives it back', async () => {
      await back(page).focus();
      await pass(15);
      assert.equal(await warning(page).count(), 0);
      await pass(11);
      await warning(page).waitFor();
      assert.equal(await focused(page), 'Stay signed in');
      const said = await page.getByRole('status').innerText();
      assert.match(said, /You will be signed out in (1\d|20) seconds\./);
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Sign out now');
      await page.keyboard.press('Shift+Tab');
      const before = await secondsAway();
      await page.keyboard.press('Enter');
      await warning(page).waitFor({ state: 'detached' });
      const after = await secondsAway();
      assert.ok(before > 20 && after < 15, `${before} seconds before, ${after} after`);
      assert.equal(await focused(page), 'Back to what ends when');
      await pass(15);
      assert.equal(await warning(page).count(), 0, 'the limit counts from the press');
    });

    it('takes Escape for somebody who is there', async () => {
      await back(page).focus();
      await pass(26);
      await warning(page).waitFor();
      await page.keyboard.press('Escape');
      await warning(page).waitFor({ state: 'detached' });
      assert.ok((await secondsAway()) < 15);
      assert.equal(await focused(page), 'Back to what ends when');
    });

    it('says at a few steps how much is left, not every second', async () => {
      await pass(26);
      await warning(page).waitFor();
      await page.evaluate(`
        heard = [];
        new MutationObserver(() => heard.push(document.querySelector('curfew-session').shadowRoot.querySelector('[role=status]').textContent))
          .observe(document.querySelector('curfew-session').shadowRoot.querySelector('[role=status]'), { childList: true, characterData: true, subtree: true });
      `);
      for (let passed = 0; passed < 12; passed += 1) await pass(1);
      await page.getByText(/in [1-7] seconds/).waitFor();
      const heard = await page.evaluate<string[]>('heard');
      assert.deepEqual(new Set(heard), new Set(['10 seconds left.']));
      assert.ok(heard.length < 3, heard.join('\n'));
    });

    it('says afterwards why it ended, and leads back to where the user was', async () => {
      await pass(26);
      await warning(page).waitFor();
      await pass(21);
      await end(page).waitFor();
      assert.match(await page.getByRole('status').innerText(), /45 seconds/);
      assert.equal(await focused(page), 'Sign in again');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      // There is nothing left to go back to.
      await end(page).waitFor();
      await page.getByRole('link', { name: 'Sign in again' }).click();
      await page.getByText('You were signed out after 45 seconds without activity.').waitFor();
      await signIn(page, grace);
      await page.waitForURL(`${demo.url}/token`);
    });

    it('keeps two tabs of one mind: what is pressed in one counts in the other', async () => {
      const other = await page.context().newPage();
      await other.goto(`${demo.url}/token`);
      await awaitPage(other);
      await pass(26);
      await Promise.all([warning(page).waitFor(), warning(other).waitFor()]);
      await press(other, 'Stay signed in');
      await Promise.all([page, other].map((each) => warning(each).waitFor({ state: 'detached' })));
    });

    it('does not warn in one tab while somebody works in another, and says how long ago that was', async () => {
      const other = await page.context().newPage();
      await other.goto(`${demo.url}/token`);
      await awaitPage(other);
      await pass(15);
      await other.keyboard.press('ArrowDown');
      await pass(12);
      const away = await secondsAway();
      assert.ok(away > 11 && away < 26, `the server knows of ${away} seconds`);
      assert.deepEqual([await warning(page).count(), await warning(other).count()], [0, 0]);
      await pass(15);
      await Promise.all([warning(page).waitFor(), warning(other).waitFor()]);
    });

    it('does not warn when another app has kept the session meanwhile', async () => {
      await pass(15);
      const touched = await page.context().request.post(`${demo.server.issuer}/session/touch`, {
        headers: { 'Curfew-Touch': '1' },
      });
      assert.equal(touched.status(), 200);
      await pass(15);
      assert.equal(await warning(page).count(), 0);
      await pass(11);
      await warning(page).waitFor();
    });

    it('asks the server where it may, and tells it nothing elsewhere', async () => {
      await pass(26);
      await warning(page).waitFor();
      const asked = requests.filter((request) => new URL(request.url()).pathname === '/session');
      assert.ok(asked.length > 0);
      const failures = asked.map((request) => request.failure()?.errorText);
      const expected = host === 'localhost' ? undefined : 'net::ERR_FAILED';
      assert.deepEqual(
        failures,
        asked.map(() => expected),
        'no script of another site reads the answer',
      );
    });

    // Where the app is makes no difference to the rest.
    if (host !== 'localhost') return;

    it('does not let a tab that refreshes by itself hold the door open', async () => {
      await back(page).click();
      await page.getByLabel('Keep refreshing').check();
      await page.getByText('Refreshed once.').waitFor();
      await pass(21);
      await page.getByText(/Refreshed \d times/).waitFor();
      await pass(5);
      await warning(page).waitFor();
      await pass(20);
      await page.getByRole('heading', { name: 'Signed out: nothing happened for too long' }).waitFor();
    });

    it('has no fault that axe finds, in light and dark, narrow and wide', async function check() {
      this.timeout(60_000);
      const faults: unknown[] = [];
      const examine = async (state: string) => {
        for (const colorScheme of ['light', 'dark'] as const) {
          for (const width of [320, 1280]) {
            await page.emulateMedia({ colorScheme });
            await page.setViewportSize({ width, height: 640 });
            const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
              'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
            );
            faults.push(...found.map(({ id, nodes }) => [state, colorScheme, width, id, nodes[0]?.html]));
            const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
            if (excess > 0) faults.push([state, width, `${excess} px too wide`]);
          }
        }
      };
      await page.addScriptTag({ path: axe });
      await pass(26);
      await warning(page).waitFor();
      await page.clock.resume();
      await examine('warning');
      await pass(21);
      await end(page).waitFor();
      await examine('end');
      assert.deepEqual(faults, []);
    });

    it('says that a sign-in lasts only so long, once, and cannot be kept beyond', async () => {
      for (let passed = 0; passed < 260; passed += 20) {
        await page.keyboard.press('ArrowDown');
        await pass(20);
      }
      const last = page.getByRole('alertdialog', { name: 'Your sign-in ends soon' });
      await page.keyboard.press('ArrowDown');
      await pass(22);
      await last.waitFor();
      assert.equal(await focused(page), 'OK');
      await press(page, 'OK');
      await last.waitFor({ state: 'detached' });
      await pass(10);
      assert.equal(await last.count(), 0);
      await pass(10);
      await end(page).waitFor();
      assert.match(await page.getByRole('status').innerText(), /5 minutes/);
    });

    it('says so when the session ended elsewhere', async () => {
      const other = await page.context().newPage();
      await other.goto(`${demo.server.issuer}/session/end`);
      await press(other, 'Sign out');
      await other.getByRole('heading', { name: 'Signed out' }).waitFor();
      await pass(6);
      await end(page).waitFor();
    });

    it('gives way to a page where there is no script', async () => {
      const plain = await openPage({ javaScriptEnabled: false });
      await plain.context().addCookies(await page.context().cookies());
      await demo.server.clock.advance(30);
      await plain.goto(`${demo.server.issuer}/session/view`);
      await plain.getByRole('heading', { name: /^Your session ends in 1\d seconds$/ }).waitFor();
      await press(plain, 'Stay signed in');
      await plain.getByRole('heading', { name: /^Your session ends in 4\d seconds$/ }).waitFor();
      await plain.context().close();
    });
  });
}
