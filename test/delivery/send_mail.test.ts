import assert from 'node:assert/strict';
import { createMailSender } from '../../src/delivery/send_mail.ts';
import type { MailSettings } from '../../src/delivery/open_mail_transport.ts';
import type { MailNotice } from '../../src/domain/notices.ts';
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
  let issued: Record<string, unknown>[] = [];
  before(async () => {
    server = await startMailServer();
  });
  after(async () => {
    for (const close of closes) close();
    await server.close();
  });
  beforeEach(() => {
    server.received.length = 0;
    issued = [];
    server.refuse(undefined);
  });

  function send(
    account: { username: string; name?: string; email?: string } | undefined,
    settings: MailSettings | undefined = { smtpUrl: server.url, from: 'Login <login@example.com>' },
    { payload = {}, link }: { payload?: Partial<MailNotice>; link?: { url: string; seconds: number } } = {},
  ) {
    const sender = createMailSender({
      settings,
      issuer: 'https://login.example.com',
      productName: () => 'Example',
      findAccount: () => Promise.resolve(account),
      issuePasswordLink: (wanted, origin) => {
        issued.push({ ...wanted, ...origin });
        return Promise.resolve(link);
      },
    });
    closes.push(() => sender.close());
    return sender.send({ ...notice, payload: { ...notice.payload, ...payload } });
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
      issuePasswordLink: () => Promise.resolve(undefined),
    });
    assert.deepEqual(await off.send(notice), { outcome: 'delivered' });
    assert.deepEqual(await send(undefined), { outcome: 'delivered' });
    assert.deepEqual(await send({ username: 'lin' }), { outcome: 'delivered' });
    assert.equal(server.received.length, 0);
  });

  const link = { url: 'https://login.example.com/set-password?token=abc', seconds: 1800 };

  it('brings a link that is made for this try', async () => {
    const payload = { mail: 'password_forgotten' } as const;
    assert.deepEqual(await send(lin, undefined, { payload, link }), { outcome: 'delivered' });
    assert.deepEqual(issued, [{ accountId: 'a', purpose: 'forgotten', address: '192.0.2.1' }]);
    const text = (server.received[0]?.text ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    for (const words of [link.url, '30 minutes', 'Username: lin', '192.0.2.1'])
      assert.ok(text.includes(words));
    await send(lin, undefined, { payload: { mail: 'password_invitation' }, link });
    assert.equal(issued[1]?.purpose, 'invitation');
    assert.match(server.received[1]?.text ?? '', /^Subject: An account was made for you \(Example\)\r$/m);
  });

  it('makes no link for nobody, nor for who has no address, and sends nothing where none is made', async () => {
    const payload = { mail: 'password_forgotten' } as const;
    await send(lin, undefined, { payload: { ...payload, accountId: null }, link });
    await send({ username: 'lin' }, undefined, { payload, link });
    assert.deepEqual(issued, []);
    assert.deepEqual(await send(lin, undefined, { payload }), { outcome: 'delivered' });
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
