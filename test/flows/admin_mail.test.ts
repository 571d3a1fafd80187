import assert from 'node:assert/strict';
import { adminConfiguration, createAdministrator } from '../support/administrators.ts';
import type { Administrator } from '../support/administrators.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('a link for a password that an operator has mailed', () => {
  let mails: MailServer;
  let server: TestServer;
  let admin: Administrator;

  before(async () => {
    mails = await startMailServer();
    server = await startTestServer(adminConfiguration(), {
      mail: { smtpUrl: mails.url, from: 'login@example.com' },
    });
    admin = await createAdministrator(server.issuer);
  });
  after(async () => {
    await server.stop();
    await mails.close();
  });

  const create = async (body: object) =>
    String((await admin.call('POST', '/accounts', body)).body.account_id);

  it('reaches its owner alone', async () => {
    const id = await create({ username: 'emmy', email: 'emmy@example.com' });
    const sent = await admin.call('POST', `/accounts/${id}/password-mail`);
    assert.deepEqual([sent.status, sent.body], [200, { mailed_to: 'emmy@example.com' }]);
    await mails.waitFor(1);
    const mail = mails.received.find(({ to }) => to.includes('emmy@example.com'));
    assert.match((mail?.text ?? '').replaceAll('=\r\n', ''), /\/set-password\?token=3D/);
  });

  it('needs an address, and an account that is not disabled', async () => {
    const id = await create({ username: 'linus' });
    const homeless = await admin.call('POST', `/accounts/${id}/password-mail`);
    assert.deepEqual([homeless.status, homeless.body.detail], [409, 'The account has no e-mail address.']);
    await admin.call('POST', `/accounts/${id}/disable`);
    assert.equal((await admin.call('POST', `/accounts/${id}/password-mail`)).status, 409);
  });
});
