import assert from 'node:assert/strict';
import { createMailSender } from '../../src/delivery/send_mail.ts';
import type { MailSettings } from '../../src/delivery/send_mail.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';
import { findFreePort } from '../support/ports.ts';

const notice = {
  noticeId: '1',
  kind: 'mail',
  receiver: 'mail',
  tries: 1,
  ageSeconds: 0,
  receiverFailures: 0,
  payload: {
    mail: 'factor_enrolled',
    accountId: 'a',
    at: 'Fri, 27 Nov 2026 12:00:00 GMT',
    address: '192.0.2.1',
  },
} as const;

describe('the sender of mails', () => {
  let server: MailServer;
  const closes: (() => void)[] = [];
  before(async () => {
    server = await startMailServer();
  });
  after(async () => {
    for (const close of closes) close();
    await server.close();
  });
  beforeEach(() => {
    server.received.length = 0;
    server.refuse(undefined);
  });

  function send(
    account: { username: string; name?: string; email?: string } | undefined,
    settings: MailSettings | undefined = { smtpUrl: server.url, from: 'Login <login@example.com>' },
  ) {
    const sender = createMailSender({
      settings,
      issuer: 'https://login.example.com',
      productName: () => 'Example',
      findAccount: () => Promise.resolve(account),
    });
    closes.push(() => sender.close());
    return sender.send(notice);
  }
  const lin = { username: 'lin', name: 'Lin Example', email: 'lin@example.com' };

  it('says what happened, when, from where, and what to do', async () => {
    assert.deepEqual(await send(lin), { outcome: 'delivered' });
    const [mail] = server.received;
    assert.equal(mail?.from, 'login@example.com');
    assert.deepEqual(mail.to, ['lin@example.com']);
    assert.match(mail.text, /^Subject: An authenticator app was set up \(Example\)\r$/m);
    assert.match(mail.text, /^Auto-Submitted: auto-generated\r$/m);
    // Long lines come quoted-printable (RFC 2045 §6.7).
    const text = mail.text.replaceAll('=\r\n', '');
    for (const words of ['Hello Lin Example,', '27 Nov 2026 12:00:00 GMT', '192.0.2.1', 'login.example.com'])
      assert.ok(text.includes(words), words);
  });

  it('lets no name write into the head of the mail', async () => {
    await send({ username: 'x', name: 'x\r\nBcc: evil@example.org\r\n\r\nhello', email: 'lin@example.com' });
    const [head = ''] = (server.received[0]?.text ?? '').split('\r\n\r\n');
    assert.doesNotMatch(head, /evil/);
    assert.deepEqual(server.received[0]?.to, ['lin@example.com']);
  });

  it('sends nothing without a mail server, to nobody, and to who has no address', async () => {
    const off = createMailSender({
      settings: undefined,
      issuer: '',
      productName: () => '',
      findAccount: () => Promise.resolve(lin),
    });
    assert.deepEqual(await off.send(notice), { outcome: 'delivered' });
    assert.deepEqual(await send(undefined), { outcome: 'delivered' });
    assert.deepEqual(await send({ username: 'lin' }), { outcome: 'delivered' });
    assert.equal(server.received.length, 0);
  });

  it('gives up on a 5xx, and tries again after a 4xx or where nobody listens', async () => {
    server.refuse(550);
    assert.deepEqual(await send(lin), { outcome: 'rejected', error: 'the mail server answered 550' });
    server.refuse(451);
    assert.deepEqual(await send(lin), { outcome: 'failed', error: 'the mail server answered 451' });
    const nowhere = { smtpUrl: `smtp://127.0.0.1:${await findFreePort()}`, from: 'login@example.com' };
    assert.equal((await send(lin, nowhere)).outcome, 'unreachable');
  });

  it('takes a password that the server does not know for a fault of the whole way', async () => {
    const smtpUrl = server.url.replace('smtp://', 'smtp://me:wrong@');
    const sent = await send(lin, { smtpUrl, from: 'login@example.com' });
    assert.equal(sent.outcome, 'unreachable');
    assert.equal(server.received.length, 0);
  });

  it('writes to one address, whatever is in it', async () => {
    await send({ username: 'x', email: 'lin@example.com, evil@example.org' });
    assert.ok(!server.received.some(({ to }) => to.includes('evil@example.org')));
  });
});
