import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { listNotices } from '../../src/store/undelivered_notices.ts';
import { assertApacheIsInstalled, startApache } from '../support/apache.ts';
import type { Apache } from '../support/apache.ts';
import type { Person } from '../support/browser.ts';
import { heading, press, signIn } from '../support/chromium_pages.ts';
import { openPage } from '../support/chromium_scene.ts';
import { findFreePort } from '../support/ports.ts';
import { waitUntil } from '../support/process_wait.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const client = { id: 'intranet', secret: 'intranet secret of sixteen or more' };
const ada = { username: 'ada', password: 'correct horse battery' };
const grace = { username: 'grace', password: 'staple correct horse' };
const plan = 'The plan for next year.';
const told = 'POST /redirect_uri?logout=backchannel 200';

/** Ada's limit passes while the test runs, by the one clock that Apache has, too; grace's does not. */
const configurationFile = (site: string, algorithm: string) => `
policies:
  brief: { session_idle: 6s, session_absolute: 1h }
  long: { session_idle: 1h, session_absolute: 8h }
roles:
  guest: { policy: brief }
  staff: { policy: long }
clients:
  - client_id: ${client.id}
    client_name: Intranet
    client_secret_env: CLIENT_SECRET
    redirect_uris: ['${site}/redirect_uri']
    backchannel_logout_uri: '${site}/redirect_uri?logout=backchannel'
    id_token_signed_response_alg: ${algorithm}
    scope: openid profile
users:
  - { username: ada, roles: [guest], password_env: ADA_PASSWORD }
  - { username: grace, roles: [staff], password_env: GRACE_PASSWORD }
`;

describe('a site behind mod_auth_openidc', () => {
  let site: string;
  let server: TestServer | undefined;
  let apache: Apache | undefined;

  before(assertApacheIsInstalled);
  afterEach(async () => {
    await apache?.stop();
    await server?.stop();
    [apache, server] = [undefined, undefined];
  });

  async function start({ algorithm, refreshes }: { algorithm: string; refreshes: boolean }) {
    site = `http://127.0.0.1:${await findFreePort()}`;
    const env = { CLIENT_SECRET: client.secret, ADA_PASSWORD: ada.password, GRACE_PASSWORD: grace.password };
    server = await startTestServer(parseConfigurationFile(configurationFile(site, algorithm), { env }));
    apache = await startApache({
      site,
      issuer: server.issuer,
      client,
      pages: { 'plan.txt': plan },
      refreshes,
    });
    return { server, apache };
  }

  /** Ask a browser without cookies for the page, and sign in where that leads. */
  async function enter(person: Person): Promise<Page> {
    const page = await openPage();
    const request = page.waitForRequest(/\/auth\?.*code_challenge_method=S256/);
    await page.goto(`${site}/plan.txt`);
    await request;
    await signIn(page, person);
    await press(page, 'Allow');
    await page.waitForURL(`${site}/plan.txt`);
    return page;
  }

  async function assertIsIn(page: Page): Promise<void> {
    await page.reload();
    assert.deepEqual([page.url(), await page.innerText('body')], [`${site}/plan.txt`, plan]);
  }

  async function assertIsOut(page: Page): Promise<void> {
    await page.reload();
    assert.equal(await heading(page), 'Sign in to Intranet');
    const reason = await page.locator('#notice').innerText();
    assert.equal(reason, 'You were signed out after 6 seconds without activity.');
  }

  it('is told of an idle end, and lets nobody in afterwards but those whose session goes on', async () => {
    const { server: curfew, apache: log } = await start({ algorithm: 'ES256', refreshes: false });
    const graces = await enter(grace);
    const adas = await enter(ada);
    await assertIsIn(adas);
    assert.ok(!log.answered().includes(told));

    await waitUntil(() => log.answered().includes(told), 'Apache was not told of the end');
    await assertIsOut(adas);
    await assertIsIn(graces);
    const waiting = () => listNotices(curfew.database, { deadOnly: false, most: 10 });
    await waitUntil(async () => (await waiting()).length === 0, 'the notice was still to be delivered');

    await signIn(adas, ada);
    await adas.waitForURL(`${site}/plan.txt`);
    await assertIsIn(adas);
  });

  it('keeps the session going by its refreshes, until nobody comes by any more', async () => {
    const { apache: log } = await start({ algorithm: 'RS256', refreshes: true });
    const adas = await enter(ada);
    for (let visits = 0; visits < 8; visits += 1) {
      await pause(1000);
      await assertIsIn(adas);
    }
    assert.ok(!log.answered().includes(told));

    await waitUntil(() => log.answered().includes(told), 'Apache was not told of the end');
    await assertIsOut(adas);
  });
});
