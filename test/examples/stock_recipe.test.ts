import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { createFormBrowser } from '../support/browser.ts';
import type { Person } from '../support/browser.ts';
import { findFreePort } from '../support/ports.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the recipe of an API with step-up', () => {
  let directory: string;
  let server: TestServer;
  let kim: Person;
  /** The programs as the page has them, at this server and at ports of their own. */
  let api: string;
  let app: string;
  const children: ChildProcess[] = [];

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-recipe-'));
    symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'));
    const [apiPort, appPort] = [String(await findFreePort()), String(await findFreePort())];
    const page = readFileSync(path.join(root, 'docs/recipes.md'), 'utf8').replaceAll('4811', appPort);
    const [, yaml = ''] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
    kim = {
      username: 'kim',
      password: 'correct horse battery',
      authenticator: { secret: '', recoveryCodes: [] },
    };
    server = await startTestServer(parseConfigurationFile(yaml, { env: { KIM_PASSWORD: kim.password } }));
    [api = '', app = ''] = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, text = '']) =>
      text.replaceAll('4810', apiPort).replaceAll('http://localhost:3500', server.issuer),
    );
  });
  after(async () => {
    for (const child of children) child.kill();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  function start(name: string, text: string): ChildProcess {
    writeFileSync(path.join(directory, name), text);
    const child = spawn(process.execPath, [name], { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  }

  it('lets who is chief look, and write after a second factor was set up on the way', async () => {
    start('api.mjs', api);
    const browser = createFormBrowser(server.issuer);
    let said = '';
    for await (const chunk of start('stockroom.mjs', app).stdout ?? []) {
      said += String(chunk);
      const [, address] = /^Open (\S+)$/m.exec(String(chunk)) ?? [];
      if (address) await fetch(await browser.authorize(address, kim));
    }
    assert.match(said, /^GET: 200 stock\.read for \S+$/m);
    assert.match(said, /^POST: 200 stock\.write for \S+$/m);
  });
});
