import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { Person } from '../support/browser.ts';
import { enrol, heading, press, signIn } from '../support/chromium_pages.ts';
import { openPage } from '../support/chromium_scene.ts';
import { openExampleApps } from '../support/example_apps.ts';
import type { ExampleApps } from '../support/example_apps.ts';
import { endProcesses } from '../support/process_curfew.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the examples', () => {
  let apps: ExampleApps;
  let directory: string;
  const pages: Page[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'curfew-examples-'));
    apps = await openExampleApps();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
  });
  after(async () => {
    await endProcesses();
    await apps.server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Somebody who may pay, and is new to all of the apps. */
  async function addPerson(name: string): Promise<Person> {
    const person = { username: name.toLowerCase(), password: 'correct horse battery' };
    await apps.server.apply({ users: [{ ...person, name: `${name} Example`, roles: ['worker'] }] });
    return person;
  }

  async function open(url: string): Promise<Page> {
    const page = await openPage();
    pages.push(page);
    await page.goto(url);
    return page;
  }

  it('behind a backend reads, pays after a second factor, and forgets who signed out elsewhere', async () => {
    const person = await addPerson('Lin');
    const { issuer: app } = await apps.start('bff');
    const page = await open(app);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, person);
    await press(page, 'Allow');
    await page.getByText('Signed in as Lin Example').waitFor();
    assert.deepEqual(
      (await page.context().cookies(app))
        .filter(({ name }) => name === 'bff')
        .map(({ httpOnly }) => httpOnly),
      [true],
    );
    assert.equal(
      await page.evaluate<number>('fetch("/me").then(({ status }) => status)'),
      403,
      'without its header',
    );
    await press(page, 'Read reports');
    await page.getByText('{"reports":["May","June"]}').waitFor();

    await press(page, 'Pay');
    await page.getByRole('link', { name: 'Open in the app' }).waitFor();
    await enrol(page);
    await press(page, 'I have saved them — continue');
    await press(page, 'Allow');
    await page.getByText('{"status":"accepted"}').waitFor();

    // The back channel tells of the end, and the app asks for a new sign-in.
    await apps.server.database.query({
      name: 'test_sessions_due',
      text: `update sessions set last_activity_at = last_activity_at - interval '1 hour',
               started_at = started_at - interval '1 hour', check_at = '-infinity' where ended_at is null`,
    });
    for (let tries = 0; ; tries += 1) {
      await page.reload();
      await page.locator('#who').filter({ hasNotText: '…' }).waitFor();
      if ((await page.locator('#who').innerText()) === 'Not signed in') break;
      assert.ok(tries < 100, 'the app was not told');
      await page.waitForTimeout(100);
    }
  });

  it('in one page signs in, refreshes, asks who it is, and is back after a reload', async () => {
    const person = await addPerson('Max');
    const { issuer: app } = await apps.start('spa');
    const page = await open(app);
    await page.getByText('Not signed in').waitFor();
    await press(page, 'Sign in');
    await signIn(page, person);
    await press(page, 'Allow');
    await page.getByText('Signed in as Max Example').waitFor();
    await press(page, 'Who am I?');
    await page.getByText('"name": "Max Example"').waitFor();
    assert.match(await page.locator('#access').innerText(), /^1[12]\d s left$/);
    await press(page, 'Refresh');
    await page.reload();
    await page.getByText('Signed in as Max Example').waitFor();
    await press(page, 'Sign out');
    await press(page, 'Sign out');
    await page.getByText('Not signed in').waitFor();
  });

  async function confirmDevice(page: Page): Promise<void> {
    await page.getByRole('heading', { name: 'Is this your device?' }).waitFor();
    await press(page, 'Continue');
  }

  /** Run the tool; whenever it shows an address, `allow` does as it says. */
  async function useTool(action: string, allow: (page: Page) => Promise<void>): Promise<string> {
    const tool = spawn(process.execPath, ['--import', 'tsx', 'examples/tool/main.ts', action], {
      cwd: root,
      env: { PATH: process.env.PATH, ...apps.environmentOf('tool'), TOKENS: join(directory, 'tool.json') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [said, shown] = ['', ''];
    tool.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const allowed: Promise<void>[] = [];
    tool.stderr.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      const address = /^Open (\S+)\n.* code (\S+)\.$/m.exec(shown);
      if (!address) return;
      shown = '';
      allowed.push(open(address[1] ?? '').then(allow));
    });
    const [code] = (await once(tool, 'close')) as [number | null];
    await Promise.all(allowed);
    assert.equal(code, 0, shown);
    return said;
  }

  it('on the command line asks somebody with a browser, once, and again where the API wants more', async () => {
    const person = await addPerson('Kim');
    let asked = 0;
    const allow = async (page: Page) => {
      asked += 1;
      await confirmDevice(page);
      await signIn(page, person);
      await press(page, 'Allow');
      assert.equal(await heading(page), 'Your device is connected');
    };
    assert.match(await useTool('reports', allow), /"May"/);
    assert.match(await useTool('reports', allow), /"June"/);
    assert.equal(asked, 1, 'it kept its tokens');
    assert.equal(statSync(join(directory, 'tool.json')).mode & 0o777, 0o600);

    const paid = await useTool('pay', async (page) => {
      asked += 1;
      await confirmDevice(page);
      await signIn(page, person);
      await enrol(page);
      await press(page, 'I have saved them — continue');
      await press(page, 'Allow');
    });
    assert.match(paid, /accepted/);
    assert.equal(asked, 2);
    await useTool('logout', allow);
    await assert.rejects(async () => statSync(join(directory, 'tool.json')), { code: 'ENOENT' });
  });

  it('as a service calls the API by a key of its own', async () => {
    const env = { KEY: join(directory, 'service-key.json'), EVERY: '0.2' };
    const service = await apps.start('service', env);
    while (!/^200 \{"reports":\["May","June"\]\}$/m.test(service.stdout()))
      await new Promise((resolve) => void setTimeout(resolve, 50));
    assert.equal(statSync(env.KEY).mode & 0o777, 0o600);
    service.signal('SIGTERM');
    const { code, stderr } = await service.ended;
    assert.deepEqual([code, stderr], [0, '']);
  });
});
