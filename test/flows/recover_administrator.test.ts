import assert from 'node:assert/strict';
import { adminConfiguration, createAdministrator } from '../support/administrators.ts';
import { createFormBrowser } from '../support/browser.ts';
import { grace } from '../support/example_configuration.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { snapshot } from '../support/sql.ts';

const password = 'harbour lamp fern';

describe('curfew user recover-admin', function recovery() {
  this.timeout(120_000);
  let mails: MailServer;
  let server: TestServer;
  before(async () => {
    mails = await startMailServer();
    const mail = { smtpUrl: mails.url, from: 'login@example.com' };
    const configuration = adminConfiguration();
    const users = configuration.users?.map((user) => ({ ...user, email: `${user.username}@example.com` }));
    server = await startTestServer({ ...configuration, users }, { mail });
  });
  after(async () => {
    await endProcesses();
    await server.stop();
    await mails.close();
  });

  const recover = (args: string[], issuer = server.issuer) =>
    runCurfew(['user', 'recover-admin', ...args], {
      CURFEW_DATABASE_URL: server.test.serverUrl,
      ...(issuer ? { CURFEW_ISSUER: issuer } : {}),
    });

  it('lets the only administrator in again, who lost password and authenticator', async () => {
    const before = await createAdministrator(server.issuer);
    assert.equal((await before.call('GET', '/accounts')).status, 200);

    const { code, stdout, stderr } = await recover([grace.username]);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^Password, recovery codes and 1 second factors are gone; what was open has ended\.$/m,
    );
    assert.match(stderr, /^The link works once, for 30 minutes; whoever has it becomes grace:\n$/m);
    assert.equal((await before.call('GET', '/accounts')).status, 401, 'what was open has ended');
    await mails.waitFor(1);
    assert.ok(mails.received.every(({ to }) => to.join() === 'grace@example.com'));

    const browser = createFormBrowser(server.issuer);
    const signIn = async (secret: string) =>
      await browser.submit(await browser.open('/account'), /sign-in$/, { ...grace, password: secret });
    assert.equal((await signIn(grace.password)).response.status, 422, 'the old password opens nothing');
    const page = await browser.open(stdout.trim());
    const done = await browser.submit(page, /set-password$/, { new_password: password });
    assert.equal(done.url.pathname, '/set-password/done');
    await server.clock.advance(30); // No time step takes a code twice.
    const after = await createAdministrator(server.issuer, { ...grace, password });
    assert.equal((await after.call('GET', '/accounts')).status, 200, 'with an authenticator set up anew');
  });

  it('says as JSON what it changed, and refuses in one line what cannot be done', async () => {
    const { code, stdout } = await recover(['ADA', '--valid-for', '2h', '--json']);
    assert.equal(code, 0);
    const { accountId, link, ...told } = JSON.parse(stdout) as Record<string, unknown>;
    assert.ok(accountId);
    assert.ok(String(link).startsWith(`${server.issuer}/set-password?token=`));
    assert.deepEqual(told, {
      username: 'ADA',
      seconds: 7200,
      role: 'admin',
      roleAdded: true,
      wasDisabled: false,
      failures: 0,
      factors: 0,
    });

    const stored = async () => (await snapshot(server.database)).password_links;
    const before = await stored();
    const unknown = await recover(['nobody-there']);
    assert.deepEqual([unknown.code, unknown.stderr], [1, 'There is no account named nobody-there.\n']);
    const homeless = await recover(['ada'], '');
    assert.deepEqual([homeless.code, homeless.stderr.startsWith('CURFEW_ISSUER is missing')], [1, true]);
    assert.equal((await recover(['ada', '--role', 'member'])).code, 1);
    assert.equal((await recover(['ada', '--valid-for', '9d'])).code, 2);
    assert.deepEqual(await stored(), before);
  });
});
