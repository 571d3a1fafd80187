import assert from 'node:assert/strict';
import { listPageFaults } from '../support/chromium_faults.ts';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';
import { walks } from '../support/chromium_walks.ts';

describe('the pages that people meet', () => {
  let mails: MailServer;
  let scene: Scene;

  before(async () => {
    mails = await startMailServer();
    scene = await openScene({ mail: { smtpUrl: mails.url, from: 'login@example.com' } });
  });
  afterEach(() => scene.closePages());
  after(async () => {
    await scene.close();
    await mails.close();
  });

  for (const [name, walk] of Object.entries(walks)) {
    it(`have no fault that axe finds and fit into every window: ${name}`, async () => {
      const page = await scene.openPage({ bypassCSP: true });
      const faults: string[] = [];
      for await (const state of walk(scene, page)) {
        assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, state);
        faults.push(...(await listPageFaults(page, state)));
      }
      assert.deepEqual(faults, []);
    });
  }
});
