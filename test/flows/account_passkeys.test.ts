import assert from 'node:assert/strict';
import { createFormBrowser, readRecoveryCodes } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { findLastRefusal, readPasskeyRequest } from '../support/passkeys.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { createSoftAuthenticator } from '../support/soft_authenticator.ts';
import type { SoftAuthenticator, Twist } from '../support/soft_authenticator.ts';

const security = '/account/security';
const password = 'tin kettle moss fern';
const isAdding = /passkeys\/new$/;
const isConfirming = /confirm\/passkey$/;

type Page = Awaited<ReturnType<FormBrowser['open']>>;

describe('the passkeys on the security page of an account', () => {
  let server: TestServer;
  let browser: FormBrowser;
  let device: SoftAuthenticator;
  let username: string;
  let people = 0;

  before(async () => {
    const rate_limits = { second_factor_address: { most: 40, seconds: 600 } };
    server = await startTestServer({ ...exampleConfiguration(), users: [], rate_limits });
  });
  after(() => server.stop());
  beforeEach(async () => {
    people += 1;
    username = `person-${people}`;
    await server.apply({ users: [{ username, password, roles: ['member'] }] });
    browser = createFormBrowser(server.issuer);
    device = createSoftAuthenticator(server.issuer);
    await signIn();
  });
  afterEach(() => server.clock.reset());

  const open = (path = '') => browser.open(security + path);

  async function signIn(): Promise<Page> {
    return await browser.submit(await open(), /sign-in$/, { username, password });
  }

  async function add(name: string, twist: Twist = {}, page?: Page): Promise<Page> {
    const form = page ?? (await open('/passkeys/new'));
    const credential = device.create(readPasskeyRequest(form.text, isAdding), twist);
    return await browser.submit(form, isAdding, { credential, name });
  }

  it('are added, listed, renamed and removed', async () => {
    assert.match((await open()).text, /None\. With one, your fingerprint/);
    assert.equal(readRecoveryCodes((await add('Laptop')).text).length, 10);
    const further = await add('Security key');
    assert.equal(further.url.pathname, security);
    assert.match(further.text, /The passkey is added\. Your recovery codes are the same as before/);
    const { text } = await open();
    assert.match(text, /<h3>Laptop<\/h3>/);
    assert.match(text, /On one device only/);
    assert.match(text, /10 left\./);
    const path =
      /href="(\/account\/security\/passkeys\/[0-9a-f-]+)">Rename or remove <span[^>]*>Laptop</.exec(
        text,
      )?.[1];
    const page = await browser.open(path ?? '');
    assert.match(
      (await browser.submit(page, /rename$/, { name: 'Old laptop' })).text,
      /<h3>Old laptop<\/h3>/,
    );
    const left = await browser.submit(page, /remove$/);
    assert.match(left.text, /The passkey is removed, and you are signed out everywhere else\./);
    assert.doesNotMatch(left.text, /Old laptop/);
    assert.equal((await browser.open(path ?? '')).response.status, 404);
    assert.equal((await browser.submit(page, /remove$/)).response.status, 404);
  });

  it("are not another person's to see or remove", async () => {
    await add('Laptop');
    const path = /href="(\/account\/security\/passkeys\/[0-9a-f-]+)"/.exec((await open()).text)?.[1] ?? '';
    const mine = await browser.open(path);
    browser = createFormBrowser(server.issuer);
    username = 'stranger';
    await server.apply({ users: [{ username, password, roles: ['member'] }] });
    await signIn();
    assert.equal((await browser.open(path)).response.status, 404);
    await add('Mine');
    const own = /href="(\/account\/security\/passkeys\/[0-9a-f-]+)"/.exec((await open()).text)?.[1] ?? '';
    const page = await browser.open(own);
    const passkey = path.slice(-36);
    assert.equal((await browser.submit(page, /remove$/, { passkey })).response.status, 404);
    assert.equal(mine.response.status, 200);
  });

  const wrong: [string, (request: string) => Twist, string][] = [
    ['of another origin', () => ({ origin: 'http://localhost:1' }), 'invalid'],
    ['for another relying party', () => ({ rpId: 'localhost.example' }), 'invalid'],
    ['for another challenge', () => ({ challenge: 'AAAA' }), 'expired'],
  ];
  for (const [how, twist, reason] of wrong) {
    it(`are not added ${how}, in plain words, and the name is kept`, async () => {
      const page = await open('/passkeys/new');
      const again = await add('Laptop', twist(page.text), page);
      assert.equal(again.response.status, 422);
      assert.match(again.text, /This passkey was not accepted|This page was open for too long/);
      assert.match(again.text, /value="Laptop"/);
      assert.equal(await findLastRefusal(server.database), reason);
      assert.doesNotMatch((await open()).text, /<h3>Laptop/);
    });
  }

  it('are not added by the answer to a page of another session', async () => {
    const page = await open('/passkeys/new');
    const other = createFormBrowser(server.issuer);
    const theirs = await other.submit(await other.open(security), /sign-in$/, { username, password });
    assert.equal(theirs.url.pathname, security);
    const form = await other.open(`${security}/passkeys/new`);
    const credential = device.create(readPasskeyRequest(page.text, isAdding));
    assert.equal((await other.submit(form, isAdding, { credential })).response.status, 422);
    assert.equal(await findLastRefusal(server.database), 'expired');
  });

  it('take no answer without the token of their form, or from another site', async () => {
    const page = await open('/passkeys/new');
    const credential = device.create(readPasskeyRequest(page.text, isAdding));
    assert.equal((await browser.submit(page, isAdding, { credential, csrf: 'none' })).response.status, 403);
    const init = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
    assert.equal((await browser.open(`${security}/passkeys/new`, init)).response.status, 403);
  });

  it('are asked for where the last proof is old: one that verified its user stands for the password, too', async () => {
    await add('Laptop');
    await server.clock.advance(301);
    const asked = await open('/passkeys/new');
    assert.match(asked.text, /Confirm it(?:&#39;|')s you/);
    assert.match(asked.text, /Recovery code/);
    const present = device.get(readPasskeyRequest(asked.text, isConfirming), { verified: false });
    const still = await browser.submit(asked, isConfirming, { credential: present });
    assert.match(still.text, /name="password"/);
    assert.doesNotMatch(still.text, /name="code"/);
    const copied = device.get(readPasskeyRequest(still.text, isConfirming), { counter: 1 });
    const refused = await browser.submit(still, isConfirming, { credential: copied });
    assert.equal(refused.response.status, 422);
    assert.match(refused.text, /This passkey was not accepted/);
    const verified = device.get(readPasskeyRequest(refused.text, isConfirming));
    const page = await browser.submit(refused, isConfirming, { credential: verified });
    assert.equal(page.url.pathname, `${security}/passkeys/new`);
    assert.match(page.text, /Create a passkey/);
  });

  it('are second factors: the password alone changes nothing any more', async () => {
    await add('Laptop');
    await server.clock.advance(301);
    const asked = await open('/apps/new');
    const still = await browser.submit(asked, /confirm$/, { password, code: '000000' });
    assert.equal(still.response.status, 422);
    assert.match(still.text, /name="code"/);
  });

  it('are counted by address where they are proved', async () => {
    await add('Laptop');
    await server.clock.advance(301);
    const page = await open('/passkeys/new');
    let status = 0;
    for (let tries = 0; tries < 60 && status !== 429; tries += 1) {
      status = (await browser.submit(page, isConfirming, { credential: '' })).response.status;
    }
    assert.equal(status, 429);
  });
});
