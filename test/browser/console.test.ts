import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { listFaults } from '../support/chromium_faults.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { answerSignIn, openConsole, openConsoleScene } from '../support/console_scene.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { interrupted, leftOpen, storeUsage } from '../support/usage_counts.ts';

const previewPath = '/policies/member/preview?session_idle=1m';

describe('the console in a browser', () => {
  let scene: Scene;

  before(async () => {
    scene = await openConsoleScene();
    await storeUsage(scene.server.database, {}, leftOpen(3600));
    await storeUsage(
      scene.server.database,
      { of: 'family', field: 'refresh_idle', limit: 1800, clientId: 'shop' },
      interrupted(1800),
    );
    await scene.server.apply({ audit: { retention: 90 * 86_400 } });
  });
  afterEach(() => scene.closePages());
  after(() => scene.close());

  for (const path of [
    '',
    '/sessions',
    '/accounts',
    '/audit',
    '/clients',
    '/clients/shop',
    '/clients/shop/disable',
    '/clients/shop/remove',
    '/clients/shop/rotate-secret',
    '/new-client/web',
    '/notices',
    '/reports',
    '/reports/usage',
    '/reports/usage/member',
    '/reports/timeouts?by=role',
    '/reports/idle-holdings',
    '/reports/controls',
    '/reports/monthly',
    '/policies',
    '/policies/member',
    '/policies/member/edit',
    previewPath,
    '/new-policy',
    '/roles',
    '/keys',
    '/keys/rotate',
    '/history',
    '/history/2',
    '/history/2/revert',
    '/explain',
    '/explain?username=operator-1&client=none',
    '/explain?username=operator-1&client=shop&scope=openid+payments.write+curfew:write&resource=',
  ]) {
    it(`has no fault that axe finds and fits into every window: /console${path}`, async () => {
      const page = await scene.openPage({ bypassCSP: true });
      await openConsole(page, scene.server.issuer, await scene.addPerson('admin'), `/console${path}`);
      assert.deepEqual(await faultsOf(page), []);
    });
  }

  it('shows the new secret of an app once, on a page without a fault that axe finds', async () => {
    const page = await scene.openPage({ bypassCSP: true });
    const operator = await scene.addPerson('admin');
    await openConsole(page, scene.server.issuer, operator, '/console/clients/portal');
    await page.getByRole('link', { name: 'Give the app a new secret' }).click();
    await answerSignIn(page, operator);
    await page.getByLabel('Its present secret stays good for').selectOption({ label: '8 hours' });
    await press(page, 'Make the secret');
    assert.equal(await heading(page), 'The new secret of portal');
    assert.match(await page.locator('.secret-line').innerText(), /^[\w-]{43}$/);
    assert.deepEqual(await faultsOf(page), []);
    await page.getByRole('link', { name: 'To the app' }).click();
    assert.match(await page.getByRole('row', { name: /earlier secrets/ }).innerText(), /good until \d/);
  });

  it('shortens a policy: what would end is read, a second factor proved, and a second browser told why', async () => {
    const { issuer, database } = scene.server;
    const member = await scene.addPerson('member');
    const other = await scene.openPage();
    await other.goto(`${issuer}/account`);
    await signIn(other, member);
    assert.equal(await heading(other), 'Your account');
    await sql(
      database,
      `update sessions set last_activity_at = curfew_now() - interval '20 minutes', check_at = curfew_now()
       where account_id = (select account_id from accounts where username = $1) and ended_at is null`,
      member.username,
    );

    const page = await scene.openPage();
    const operator = await scene.addPerson('admin');
    await openConsole(page, issuer, operator, '/console/policies');
    await page.getByRole('link', { name: 'member', exact: true }).first().click();
    assert.equal(await heading(page), 'Policy member');
    const idle = page.getByRole('row', { name: /Session: idle limit/ });
    assert.match(await idle.innerText(), /1 hour/);
    await page.getByRole('link', { name: 'Change it' }).click();
    await page.getByLabel('Session: idle limit').fill('ten minutes');
    await press(page, 'See what would end');
    assert.match(await page.getByRole('alert').innerText(), /Session: idle limit: /);
    await page.getByLabel('Session: idle limit').fill('10m');
    await press(page, 'See what would end');
    assert.equal(await heading(page), 'What would end: member');
    assert.match(
      await page.locator('.lead').innerText(),
      /^1 session and 0 accesses of apps that are open now/,
    );
    assert.match(
      await page.getByRole('row', { name: /idle_timeout/ }).innerText(),
      /member\s+idle_timeout\s+1\s+0/,
    );
    assert.match(
      await page.getByRole('row', { name: /Session: idle limit/ }).innerText(),
      /1 hour\s+10 minutes/,
    );

    assert.equal(await page.getByRole('button', { name: 'Save the policy' }).count(), 0);
    await page.getByRole('link', { name: 'Confirm it’s you, then save' }).click();
    await answerSignIn(page, operator);
    assert.equal(await heading(page), 'What would end: member', 'back where it began');
    await press(page, 'Save the policy');
    assert.equal(await heading(page), 'Policy member');
    assert.equal(await page.getByRole('status').innerText(), 'The policy member is saved.');
    assert.match(await page.getByRole('row', { name: /Session: idle limit/ }).innerText(), /10 minutes/);

    await other.reload();
    assert.equal(await heading(other), 'Sign in to Curfew');
    const told = await other.locator('#notice').innerText();
    assert.equal(told, 'You were signed out after 10 minutes without activity.');
    const { actor } = await sqlOne<{ actor: string }>(
      database,
      `select detail ->> 'actor' as actor from audit_events where name = 'configuration.applied' order by event_id desc limit 1`,
    );
    assert.match(actor, /^admin:/);
  });

  it('goes back to an earlier version: what would end is read, a second factor proved, and the history says so', async () => {
    const { issuer } = scene.server;
    const page = await scene.openPage();
    const operator = await scene.addPerson('admin');
    await openConsole(page, issuer, operator, '/console/history');
    const newest = page.getByRole('row').nth(1);
    const before = Number(/\d+$/.exec(await newest.getByRole('link').innerText())?.[0]);
    await scene.server.apply({ audit: { retention: 91 * 86_400 } });
    await page.reload();
    assert.match(await newest.innerText(), /audit: retention 90 days → 91 days/);
    await page.getByRole('link', { name: `Version ${before}`, exact: true }).click();
    assert.equal(await heading(page), `From version ${before} to version ${before + 1}`);
    await page.getByRole('link', { name: /^See what going back/ }).click();
    assert.equal(await heading(page), `What would end: back to version ${before}`);
    assert.match(await page.locator('.lead').innerText(), /^Nothing that is open now would end\./);
    assert.match(
      await page.getByRole('row', { name: /retention/ }).innerText(),
      /audit\s+retention\s+91 days → 90 days/,
    );
    await page.getByRole('link', { name: 'Confirm it’s you, then go back' }).click();
    await answerSignIn(page, operator);
    assert.equal(await heading(page), `What would end: back to version ${before}`, 'back where it began');
    await page.getByLabel('Why').fill('Too long');
    await press(page, `Go back to version ${before}`);
    assert.equal(await heading(page), 'History of the configuration');
    assert.equal(await page.getByRole('status').innerText(), `All is as in version ${before} again.`);
    assert.match(await newest.innerText(), new RegExp(`Too long\\s+Re-establishes version ${before}`));
    assert.match(await newest.innerText(), new RegExp(`admin, by ${operator.username}`));
  });

  async function faultsOf(page: Page): Promise<string[]> {
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    return await listFaults(page, new URL(page.url()).pathname);
  }
});
