import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { createClone } from '../support/process_clone.ts';
import type { Clone, Owner } from '../support/process_clone.ts';
import { endProcesses, runProgram, startServer } from '../support/process_curfew.ts';
import { listLeftovers, waitUntilGroupIsGone } from '../support/process_left.ts';
import { findPortPair } from '../support/ports.ts';

/** Whom the tests can be: root may be an ordinary user, too. */
const people: { who: string; owner?: Owner }[] =
  process.geteuid?.() === 0
    ? [{ who: 'root' }, { who: 'an ordinary user', owner: { uid: 65_534, gid: 65_534 } }]
    : [{ who: 'an ordinary user' }];

for (const { who, owner } of people) {
  describe(`a clone in a private directory of ${who}`, () => {
    let clone: Clone;

    before(() => {
      clone = createClone(owner);
    });
    after(async () => {
      await endProcesses();
      clone.remove();
    });

    const place = (env: Record<string, string> = {}) => ({
      ...owner,
      cwd: clone.directory,
      env: { HOME: clone.home, npm_config_update_notifier: 'false', npm_config_offline: 'true', ...env },
    });

    it('starts with npm start and nothing else, and ends at Ctrl-C', async () => {
      const port = await findPortPair();
      const running = await startServer('npm', ['start'], place({ CURFEW_PORT: String(port) }));
      console.log(`      npm start: ready after ${running.readyAfter.toFixed(2)} s`);
      assert.equal(running.issuer, `http://localhost:${port}`);
      assert.equal((await fetch(`${running.issuer}/readyz`)).status, 200);
      const dataDirectory = path.join(clone.directory, '.curfew');
      assert.equal(statSync(path.join(dataDirectory, 'secret')).uid, owner?.uid ?? process.geteuid?.());
      assert.ok(running.stdout().includes(`Data: ${dataDirectory}\n`), running.stdout());

      running.interruptGroup();
      await running.ended;
      await waitUntilGroupIsGone(running.pid);
      assert.deepEqual(listLeftovers(dataDirectory), []);
      assert.ok(!readdirSync(dataDirectory).includes('curfew.pid'), 'it ended in an orderly way');
    });

    it('has npx curfew', async () => {
      const { code, stdout, stderr } = await runProgram('npx', ['curfew', '--help'], place());
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Usage: curfew /);
    });
  });
}
