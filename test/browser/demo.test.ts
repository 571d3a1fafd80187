import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { ada, grace, startDemo } from '../support/chromium_demo.ts';
import { enrol, heading, press, signIn } from '../support/chromium_pages.ts';
import { openPage } from '../support/chromium_scene.ts';
import { endProcesses } from '../support/process_curfew.ts';
import { waitUntil } from '../support/process_wait.ts';
import type { TestServer } from '../support/server.ts';

describe('the demo app in a browser', () => {
  let server: TestServer;
  let url: string;
  let page: Page;

  before(async () => {
    ({ server, url } = await startDemo());
  });
  beforeEach(async () => {
    page = await openPage();
    await page.clock.install();
    await page.goto(url);
  });
  afterEach(() => page.context().close());
  after(async () => {
    await endProcesses();
    await server.stop();
  });

  const idleLimit = () => page.getByRole('timer', { name: 'Idle limit' });
  const secondsLeft = async () => Number.parseInt(await idleLimit().innerText(), 10);
  const isSignedInAs = (username: string) =>
    page.getByRole('heading', { name: `Signed in as ${username}` }).waitFor();

  it('shows limits that tick, says which one ended the access, and signs in and out', async () => {
    await press(page, 'Sign in');
    assert.equal(await heading(page), 'Sign in to Demo app');
    await signIn(page, ada);
    await press(page, 'Allow');
    await isSignedInAs('ada');
    assert.match(await page.locator('main').innerText(), /Roles\s+member/);

    const before = await secondsLeft();
    assert.ok(before > 100 && before <= 120, `${before} seconds of two minutes`);
    await waitUntil(async () => (await secondsLeft()) < before, 'nothing ticks');
    await page.clock.fastForward(60_000);
    await waitUntil(async () => (await secondsLeft()) < 60, 'the page does not follow its clock');

    await press(page, 'Refresh now');
    await page.getByText('Refreshed once.').waitFor();
    assert.ok((await secondsLeft()) > 60, 'the idle limit has moved on');

    await server.clock.advance(120);
    await press(page, 'Refresh now');
    await page.getByRole('heading', { name: 'Signed out: nothing happened for too long' }).waitFor();
    const reason = page.getByRole('alert');
    assert.match(await reason.innerText(), /idle_timeout\s+No activity for 2 minutes\. Sign in again\./);

    await press(page, 'Sign in again');
    const notice = await page.locator('#notice').innerText();
    assert.equal(notice, 'You were signed out after 2 minutes without activity.');
    await signIn(page, ada);
    await isSignedInAs('ada');

    await press(page, 'Sign out');
    assert.equal(await heading(page), 'Sign out?');
    await press(page, 'Sign out');
    await page.waitForURL(`${url}/`);
    assert.equal(await heading(page), 'Watch a session end');
    await press(page, 'Sign in');
    assert.equal(await heading(page), 'Sign in to Demo app');
  });

  it('signs out an access whose session at the server is over already', async () => {
    await press(page, 'Sign in');
    await signIn(page, ada);
    await isSignedInAs('ada');
    await server.clock.advance(120);
    await press(page, 'Sign out');
    await page.waitForURL(`${url}/`);
    assert.equal(await heading(page), 'Watch a session end');
  });

  it('asks an admin for a second factor before it takes the sensitive scope', async () => {
    await press(page, 'Sign in');
    await signIn(page, grace);
    await press(page, 'Allow');
    await isSignedInAs('grace');
    await press(page, 'Ask for orders.write');
    assert.equal(await heading(page), 'Set up your authenticator app');
    await enrol(page);
    await press(page, 'I have saved them — continue');
    await press(page, 'Allow');
    await isSignedInAs('grace');
    assert.match(await page.locator('main').innerText(), /Scope\s+.*orders\.write/);
    const outcome = page.locator('#outcome:target');
    assert.match(await outcome.innerText(), /^The access token carries orders\.write now\./);
  });
});
