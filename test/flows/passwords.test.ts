import assert from 'node:assert/strict';
import { issuePasswordLink } from '../../src/operations/issue_password_link.ts';
import { createFormBrowser, findForm } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada, exampleConfiguration } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';
import { waitUntil } from '../support/process_wait.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';

const next = 'harbour lamp fern';

describe('a password', () => {
  let mails: MailServer;
  let server: TestServer;
  let browser: FormBrowser;

  before(async () => {
    mails = await startMailServer();
  });
  after(() => mails.close());
  beforeEach(async () => {
    mails.received.length = 0;
    server = await startTestServer(
      {
        ...exampleConfiguration(),
        rate_limits: {
          password_link_account: { most: 2, seconds: 60 },
          password_link_address: { most: 9, seconds: 60 },
        },
      },
      { mail: { smtpUrl: mails.url, from: 'login@example.com' } },
    );
    browser = createFormBrowser(server.issuer);
  });
  afterEach(() => server.stop());

  async function forget(username: string) {
    const page = await browser.open('/forgotten-password');
    return await browser.submit(page, /forgotten-password$/, { username });
  }

  /** The link of the newest mail, as an address on this server. */
  function readLink(): string {
    const text = (mails.received.at(-1)?.text ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    return /http:\S+\/set-password\?token=[\w-]+/.exec(text)?.[0] ?? '';
  }

  const signIn = async (password: string) => {
    const page = await browser.open('/account');
    return await browser.submit(page, /sign-in$/, { username: ada.username, password });
  };

  it('that was forgotten is set anew by a mailed link', async () => {
    const { text } = await browser.open('/account');
    assert.match(text, /href="\/forgotten-password"/);
    assert.equal((await forget('ada')).url.pathname, '/forgotten-password/sent');
    await mails.waitFor(1);
    assert.deepEqual(mails.received[0]?.to, ['ada@example.com']);
    const page = await browser.open(readLink());
    assert.equal(page.url.search, '', 'no page has the token in its address');
    assert.match(page.text, /Account <strong>ada<\/strong>/);
    const refused = await browser.submit(page, /set-password$/, { new_password: 'short' });
    assert.equal(refused.response.status, 422);
    assert.match(refused.text, /at least 15 characters/);
    const done = await browser.submit(refused, /set-password$/, { new_password: next });
    assert.equal(done.url.pathname, '/set-password/done');
    assert.equal((await signIn(ada.password)).response.status, 422);
    assert.equal((await signIn(next)).url.pathname, '/account');
    await mails.waitFor(2);
    assert.match(mails.received[1]?.text ?? '', /Your password was set anew/);
    const again = await browser.open(readLink() || '/set-password');
    assert.equal(again.response.status, 404);
  });

  it('is asked for by e-mail address too', async () => {
    await forget(' ADA@example.com ');
    await mails.waitFor(1);
    assert.deepEqual(mails.received[0]?.to, ['ada@example.com']);
  });

  it('of an account that is not there is answered alike, and mailed to nobody', async () => {
    const [known, unknown] = [await forget('ada'), await forget('nobody')];
    const seen = ({ url, response, text }: typeof known) => ({
      path: url.pathname,
      status: response.status,
      headers: [...response.headers.keys()].toSorted(),
      text,
    });
    assert.deepEqual(seen(unknown), seen(known));
    await mails.waitFor(1);
    const isDelivered = async () => (await sql(server.database, 'select from notices')).length === 0;
    await waitUntil(isDelivered, 'what is for nobody waits still');
    assert.equal(mails.received.length, 1);
    const events = (await listEvents(server.database)).filter(({ name }) => name.startsWith('password_link'));
    assert.equal(events.filter(({ name }) => name === 'password_link.requested').length, 2);
    assert.equal(events.filter(({ name }) => name === 'password_link.issued').length, 1);
  });

  it('is asked for only so often, by name and by address, whether there is such an account or not', async () => {
    for (const name of ['ada', 'nobody']) {
      for (let tries = 0; tries < 2; tries += 1) assert.equal((await forget(name)).response.status, 200);
      const page = await forget(name.toUpperCase());
      assert.equal(page.response.status, 429);
      assert.match(page.text, /You can try again in/);
      assert.ok(Number(page.response.headers.get('retry-after')) > 0);
    }
    for (let tries = 0; tries < 3; tries += 1) await forget(`other-${tries}`);
    assert.equal((await forget('yet-another')).response.status, 429);
    await server.clock.advance(61);
    assert.equal((await forget('ada')).response.status, 200);
  });

  it('is set by nothing but the form of the page: other sites, wrong tokens and looks change nothing', async () => {
    const { accountId } = await sqlOne<{ accountId: string }>(
      server.database,
      `select account_id as "accountId" from accounts where username = 'ada'`,
    );
    const link = await server.database.transaction((tx) =>
      issuePasswordLink(tx, { accountId, purpose: 'forgotten', byOperator: true }, {}),
    );
    const entry = `/set-password?token=${link?.token}`;
    const first = await browser.request(entry);
    assert.equal(first.status, 303);
    assert.equal(first.headers.get('location'), '/set-password');
    assert.equal(first.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(first.headers.get('cache-control'), 'no-store');
    assert.match(
      first.headers.getSetCookie().join(),
      /curfew_link=[^;]+; path=\/set-password; samesite=lax; httponly/i,
    );
    const page = await browser.open('/set-password');
    assert.equal(page.response.headers.get('cache-control'), 'no-store');
    const { csrf = '' } = findForm(page.text, /set-password$/).hidden;
    const send = (fields: Record<string, string>, origin = server.issuer) =>
      browser.request('/set-password', {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ new_password: next, ...fields }),
      });
    assert.equal((await send({ csrf }, 'https://evil.example')).status, 403);
    assert.equal((await send({})).status, 403);
    assert.equal((await send({ csrf: 'x' })).status, 403);
    const stranger = createFormBrowser(server.issuer);
    assert.equal((await stranger.open('/set-password')).response.status, 404);
    const guessed = await stranger.open(`/set-password?token=${'A'.repeat(43)}`);
    assert.equal(guessed.response.status, 404);
    assert.equal((await stranger.open(`/set-password?token=a&token=b`)).response.status, 404);
    assert.match((await browser.open(entry)).text, /Choose a new password/, 'it is as good as before');
    assert.equal((await send({ csrf })).status, 303);
    assert.ok(!JSON.stringify(server.logged).includes(link?.token ?? ''), 'the log has no token');
  });

  it('is forgotten only by form, with the cookie of its page', async () => {
    const page = await browser.open('/forgotten-password');
    const { csrf = '' } = findForm(page.text, /forgotten-password$/).hidden;
    const body = () => new URLSearchParams({ csrf, username: 'ada' });
    const post = (from: FormBrowser, origin = server.issuer) =>
      from.request('/forgotten-password', { method: 'POST', headers: { origin }, body: body() });
    assert.equal((await post(browser, 'https://evil.example')).status, 403);
    assert.equal((await post(createFormBrowser(server.issuer))).status, 403);
    const empty = await browser.submit(page, /forgotten-password$/, { username: ' ' });
    assert.equal(empty.response.status, 422);
    assert.deepEqual(
      await sql(server.database, `select from audit_events where name = 'password_link.requested'`),
      [],
    );
  });
});

describe('a server without mail', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer(exampleConfiguration());
  });
  after(() => server.stop());

  it('promises nobody a link', async () => {
    const browser = createFormBrowser(server.issuer);
    const { text } = await browser.open('/account');
    assert.match(text, /Forgotten your password\? Ask whoever runs this service/);
    assert.doesNotMatch(text, /forgotten-password/);
    assert.equal((await browser.open('/forgotten-password')).response.status, 404);
    const over = await browser.open('/set-password');
    assert.equal(over.response.status, 404);
    assert.match(over.text, /Ask whoever runs this service/);
  });
});
