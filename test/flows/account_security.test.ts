import assert from 'node:assert/strict';
import { createFormBrowser, findForm, readRecoveryCodes, readSecret } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { exampleConfiguration, shop } from '../support/example_configuration.ts';
import { assertRefused, listEvents } from '../support/gate.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql } from '../support/sql.ts';
import { totpCode } from '../support/totp.ts';

const security = '/account/security';
const password = 'tin kettle moss fern';
const another = 'harbour lamp of brass';

type Page = Awaited<ReturnType<FormBrowser['open']>>;

describe('the security page of an account', () => {
  let server: TestServer;
  let browser: FormBrowser;
  let username: string;
  let people = 0;

  before(async () => {
    const many = { most: 1000, seconds: 600 };
    const rate_limits = {
      sign_in_address: many,
      second_factor_address: many,
      sign_in_account: { most: 3, seconds: 900 },
      sign_in_device: { most: 3, seconds: 900 },
    };
    server = await startTestServer({ ...exampleConfiguration(), users: [], rate_limits });
  });
  after(() => server.stop());
  beforeEach(async () => {
    await addPerson('member');
    browser = createFormBrowser(server.issuer);
    // Begin at the start of a time step, so that none ends in the middle of a test.
    await server.clock.advance(30 - ((Date.now() / 1000) % 30));
  });
  afterEach(() => server.clock.reset());

  async function addPerson(role: string): Promise<void> {
    people += 1;
    username = `person-${people}`;
    await server.apply({ users: [{ username, password, roles: [role] }] });
  }

  async function signIn(from = browser, secret = password): Promise<Page> {
    return await from.submit(await from.open(security), /sign-in$/, { username, password: secret });
  }

  const open = (path = '') => browser.open(security + path);

  /** Set up an authenticator on the page, a time step after whatever was proved before. */
  async function addApp(name: string): Promise<{ secret: string; codes: string[]; page: Page }> {
    await server.clock.advance(30);
    const enrolment = await open('/apps/new');
    const secret = readSecret(enrolment.text);
    const page = await browser.submit(enrolment, /apps\/new$/, { code: totpCode(secret), name });
    await server.clock.advance(30);
    return { secret, codes: readRecoveryCodes(page.text), page };
  }

  const appPath = (text: string, name: string): string =>
    new RegExp(`href="(/account/security/apps/[0-9a-f-]+)">Rename or remove <span[^>]*>${name}<`).exec(
      text,
    )?.[1] ?? `no ${name}`;
  const namesOf = async () => (await listEvents(server.database)).map(({ name }) => name);
  const isAtConfirm = ({ text }: Page) => /action="\/account\/security\/confirm"/.test(text);
  const asks = ({ text }: Page) => ({
    password: /name="password"/.test(text),
    code: /name="code"/.test(text),
  });

  it('is reached through the ordinary sign-in, and shows what there is', async () => {
    const { url, text, response } = await signIn();
    assert.equal(url.href, server.issuer + security);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.match(text, /Change your password/);
    assert.match(text, /None\. With one, a code from your phone/);
    assert.doesNotMatch(text, /Recovery codes/);
  });

  it('leads back to itself from each of its pages, and lets nobody in without a session', async () => {
    for (const path of ['/password', '/apps/new', '/recovery-codes']) {
      const asked = await createFormBrowser(server.issuer).open(security + path);
      assert.match(asked.text, /action="[^"]*sign-in"/, path);
    }
  });

  describe('where an authenticator is added', () => {
    it('shows the recovery codes once with the first, and how many are left from then on', async () => {
      await signIn();
      const { page, codes } = await addApp('Phone');
      assert.equal(codes.length, 10);
      assert.match(page.text, /download="recovery-codes\.txt"/);
      const { text } = await open();
      assert.match(text, /<h3>Phone<\/h3>/);
      assert.match(text, /10 left\./);
      assert.ok(codes.every((code) => !text.includes(code)));
    });

    it('takes a further one without new recovery codes, and either of them at the sign-in', async () => {
      await signIn();
      const phone = await addApp('Phone');
      const tablet = await addApp('Tablet');
      assert.equal(tablet.page.url.pathname, security);
      assert.match(tablet.page.text, /Your recovery codes are the same as before/);
      for (const { secret } of [phone, tablet]) {
        const party = await createRelyingParty(server.issuer, shop);
        const person = { username, password, authenticator: { secret, recoveryCodes: [] } };
        assert.ok((await party.signIn(person, { acr_values: 'urn:curfew:acr:mfa' })).access_token);
        await server.clock.advance(30);
      }
    });

    it('turns nothing on by a wrong code, and keeps the secret and the name', async () => {
      await signIn();
      const enrolment = await open('/apps/new');
      const again = await browser.submit(enrolment, /apps\/new$/, { code: '000000', name: 'Phone' });
      assert.equal(again.response.status, 422);
      assert.equal(readSecret(again.text), readSecret(enrolment.text));
      assert.match(again.text, /value="Phone"/);
      assert.match((await open()).text, /None\. With one/);
    });
  });

  describe('asks for a proof on the page itself', () => {
    it('of the password once it is five minutes old, and goes on from there', async () => {
      await signIn();
      await server.clock.advance(299);
      assert.equal(isAtConfirm(await open('/apps/new')), false);
      await server.clock.advance(1);
      const asked = await open('/apps/new');
      assert.equal(isAtConfirm(asked), true);
      assert.deepEqual(asks(asked), { password: true, code: false });
      assert.doesNotMatch(asked.text, /otpauth:/, 'no secret is shown before');
      const wrong = await browser.submit(asked, /confirm$/, { password: 'wrong' });
      assert.equal(wrong.response.status, 422);
      assert.match(wrong.text, /The password is not right/);
      const shown = await browser.submit(wrong, /confirm$/, { password });
      assert.equal(shown.url.pathname, `${security}/apps/new`);
      assert.ok(readSecret(shown.text));
      await server.clock.advance(299);
      assert.equal(isAtConfirm(await open('/apps/new')), false);
      await server.clock.advance(1);
      assert.equal(isAtConfirm(await open('/apps/new')), true);
    });

    it('of the second factor, too, of an account that has one; what was right is not asked again', async () => {
      await signIn();
      const { secret } = await addApp('Phone');
      await server.clock.advance(300);
      const asked = await open('/recovery-codes');
      assert.deepEqual(asks(asked), { password: true, code: true });
      const half = await browser.submit(asked, /confirm$/, { password, code: '000000' });
      assert.equal(half.response.status, 422);
      assert.deepEqual(asks(half), { password: false, code: true });
      const shown = await browser.submit(half, /confirm$/, { code: totpCode(secret) });
      assert.equal(shown.url.pathname, `${security}/recovery-codes`);
      assert.equal(isAtConfirm(shown), false);
    });

    it('of the second factor of who signed in with the password alone', async () => {
      await signIn();
      const { secret } = await addApp('Phone');
      browser = createFormBrowser(server.issuer);
      await signIn();
      const asked = await open('/password');
      assert.deepEqual(asks(asked), { password: false, code: true });
      const used = await browser.submit(asked, /confirm$/, { code: totpCode(secret) });
      assert.equal(used.url.pathname, `${security}/password`);
      browser = createFormBrowser(server.issuer);
      await signIn();
      const again = await browser.submit(await open('/password'), /confirm$/, { code: totpCode(secret) });
      assert.match(again.text, /This code was used already\. Wait for the next one\./);
    });

    it('and takes a recovery code, once, where the app is lost', async () => {
      await signIn();
      const { codes } = await addApp('Phone');
      await server.clock.advance(300);
      const asked = await open('/recovery-codes');
      const shown = await browser.submit(asked, /confirm$/, { password, code: codes[0] ?? '' });
      assert.equal(isAtConfirm(shown), false);
      assert.match((await open()).text, /9 left\./);
      await server.clock.advance(300);
      const again = await browser.submit(await open('/recovery-codes'), /confirm$/, {
        password,
        code: codes[0] ?? '',
      });
      assert.equal(again.response.status, 422);
    });

    it('and counts wrong passwords by session: they lock nobody else out', async () => {
      await signIn();
      await server.clock.advance(300);
      let page = await open('/apps/new');
      for (let tries = 0; tries < 3; tries += 1) {
        page = await browser.submit(page, /confirm$/, { password: 'wrong' });
        assert.equal(page.response.status, 422);
      }
      page = await browser.submit(page, /confirm$/, { password });
      assert.equal(page.response.status, 429);
      assert.match(page.text, /You can try again in/);
      assert.ok(Number(page.response.headers.get('retry-after')) > 0);
      const elsewhere = await signIn(createFormBrowser(server.issuer));
      assert.equal(elsewhere.url.pathname, security);
      const direct = await browser.submit(await open('/password'), /password$/, {
        current_password: password,
        new_password: another,
      });
      assert.equal(direct.response.status, 429);
    });

    it('and leads on to no other place', async () => {
      await signIn();
      await server.clock.advance(300);
      const asked = await open('/apps/new');
      for (const next of ['https://evil.example/', '//evil.example', '/auth', '']) {
        const { url } = await browser.submit(asked, /confirm$/, { password, next });
        assert.equal(url.href, server.issuer + security);
      }
    });
  });

  it('changes nothing by a form that comes too late', async () => {
    await signIn();
    await addApp('Phone');
    const shown = await browser.open(appPath((await open()).text, 'Phone'));
    const codes = await open('/recovery-codes');
    await server.clock.advance(300);
    for (const [page, form] of [
      [shown, /apps\/remove$/],
      [shown, /apps\/rename$/],
      [codes, /recovery-codes$/],
    ] as const) {
      const { url, text } = await browser.submit(page, form, { name: 'Late' });
      assert.equal(url.pathname, security);
      assert.match(text, /Nothing was changed: it took too long/);
      assert.match(text, /<h3>Phone<\/h3>/);
      assert.match(text, /10 left\./);
    }
  });

  it('renames an authenticator', async () => {
    await signIn();
    await addApp('Phone');
    const shown = await browser.open(appPath((await open()).text, 'Phone'));
    const { text } = await browser.submit(shown, /apps\/rename$/, { name: ' Old <phone> ' });
    assert.match(text, /<h3>Old &#60;phone&#62;<\/h3>/);
  });

  describe('where an authenticator is removed', () => {
    it('ends every other session and offline access, and spares this browser', async () => {
      const party = await createRelyingParty(server.issuer, shop);
      const offline = { scope: 'openid offline_access', prompt: 'consent' };
      const tokens = await party.signIn({ username, password }, offline);
      const other = createFormBrowser(server.issuer);
      await signIn(other);
      await signIn();
      await addApp('Phone');
      await addApp('Tablet');
      const shown = await browser.open(appPath((await open()).text, 'Phone'));
      assert.doesNotMatch(shown.text, /your only one/);
      const { text } = await browser.submit(shown, /apps\/remove$/);
      assert.match(text, /The app is removed, and you are signed out everywhere else/);
      assert.doesNotMatch(text, /<h3>Phone<\/h3>/);
      await assertRefused(party, tokens, 'credential_changed');
      assert.match((await other.open(security)).text, /a password or factor of your account was changed/);
      assert.equal((await open()).url.pathname, security);
    });

    it('says what removing the last one means, and takes the recovery codes along', async () => {
      await signIn();
      await addApp('Phone');
      const shown = await browser.open(appPath((await open()).text, 'Phone'));
      assert.match(shown.text, /your only one\. Your recovery codes go with it, and your password alone/);
      const { text } = await browser.submit(shown, /apps\/remove$/);
      assert.match(text, /None\. With one/);
    });

    it("answers alike whether an identifier is nobody's or another account's", async () => {
      await signIn();
      await addApp('Phone');
      const path = appPath((await open()).text, 'Phone');
      await addPerson('member');
      browser = createFormBrowser(server.issuer);
      await signIn();
      const csrf = findForm((await open()).text, /sign-out$/).hidden.csrf ?? '';
      for (const id of [path.split('/').at(-1) ?? '', crypto.randomUUID(), 'none']) {
        for (const action of ['remove', 'rename']) {
          const body = new URLSearchParams({ csrf, app: id, name: 'Mine' });
          const headers = { origin: server.issuer };
          const init = { method: 'POST', body, headers };
          assert.equal((await browser.request(`${security}/apps/${action}`, init)).status, 404);
        }
        assert.equal((await browser.request(`${security}/apps/${id}`)).status, 404);
      }
    });
  });

  it('makes new recovery codes, shown in the answer to the form alone', async () => {
    await signIn();
    const { codes } = await addApp('Phone');
    const asked = await open('/recovery-codes');
    assert.match(asked.text, /The 10 you have left stop working/);
    const { text, response } = await browser.submit(asked, /recovery-codes$/);
    const renewed = readRecoveryCodes(text);
    assert.equal(new Set([...renewed, ...codes]).size, 20);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.deepEqual(readRecoveryCodes((await open('/recovery-codes')).text), []);
  });

  describe('where the password is changed', () => {
    const change = async (current: string, next: string) =>
      await browser.submit(await open('/password'), /\/password$/, {
        current_password: current,
        new_password: next,
      });

    it('takes the new one from then on, signs out everywhere else, and stays signed in here', async () => {
      const party = await createRelyingParty(server.issuer, shop);
      const tokens = await party.signIn(
        { username, password },
        { scope: 'openid offline_access', prompt: 'consent' },
      );
      await signIn();
      const mine = await createRelyingParty(server.issuer, shop, browser);
      const spared = await mine.signIn({ username, password });
      const { url, text } = await change(password, another);
      assert.equal(url.pathname, security);
      assert.match(text, /Your password is changed, and you are signed out everywhere else/);
      await assertRefused(party, tokens, 'credential_changed');
      assert.ok((await mine.refresh(spared.refresh_token ?? '')).access_token);
      const elsewhere = createFormBrowser(server.issuer);
      assert.equal((await signIn(elsewhere)).response.status, 422);
      assert.equal((await signIn(elsewhere, another)).url.pathname, security);
      assert.ok((await namesOf()).includes('password.changed'));
    });

    it('says at the field what is wrong, and writes no password into the page', async () => {
      await signIn();
      const faults: [current: string, next: string, says: RegExp][] = [
        ['wrong', another, /The current password is not right/],
        [password, 'short one', /too short: it needs at least 15 characters/],
        [password, '1qaz2wsx3edc4rfv', /one of those that are guessed first/],
        [password, `${username} ${username}`, /little more in the new password than your name/],
        [password, password, /the one you have/],
      ];
      for (const [current, next, says] of faults) {
        const { response, text } = await change(current, next);
        assert.equal(response.status, 422);
        assert.match(text, says);
        if (next !== username) assert.doesNotMatch(text, new RegExp(`value="(${current}|${next})"`));
      }
      assert.equal((await signIn(createFormBrowser(server.issuer))).url.pathname, security);
    });

    it('asks for fifteen characters, and for eight where the policy always asks for a set-up factor', async () => {
      await signIn();
      const { secret } = await addApp('Phone');
      assert.match(
        (await open('/password')).text,
        /At least 15 characters/,
        'the password still lets in alone',
      );
      const { policies } = exampleConfiguration();
      const limits = { ...policies.get('member')?.limits, mfa: 'always' as const, mfa_max_age: 3600 };
      await server.apply({ policies: new Map([...policies, ['member', { limits, baselines: [] }]]) });
      try {
        await browser.submit(await open(), /totp$/, { code: totpCode(secret) });
        assert.match((await open('/password')).text, /At least 8 characters/);
        assert.equal((await change(password, 'kettle7m')).url.pathname, security);
      } finally {
        await server.apply({ policies });
      }
    });
  });

  it('does nothing by a forged form', async () => {
    await signIn();
    await addApp('Phone');
    const csrf = findForm((await open()).text, /sign-out$/).hidden.csrf ?? '';
    const app =
      appPath((await open()).text, 'Phone')
        .split('/')
        .at(-1) ?? '';
    const fields = { app, name: 'Forged', current_password: password, new_password: another };
    const before = await namesOf();
    for (const path of ['confirm', 'password', 'apps/new', 'apps/rename', 'apps/remove', 'recovery-codes']) {
      const send = (token: string, origin: string) =>
        browser.request(`${security}/${path}`, {
          method: 'POST',
          body: new URLSearchParams({ ...fields, csrf: token }),
          headers: { origin },
        });
      assert.equal((await send('', server.issuer)).status, 403, path);
      assert.equal((await send(csrf, 'https://evil.example')).status, 403, path);
    }
    assert.deepEqual(await namesOf(), before);
  });

  it('says why where too many wrong codes turned the app off, and a recovery code leads on', async () => {
    await signIn();
    const { secret, codes } = await addApp('Phone');
    await sql(server.database, `update second_factor_states set failures = 99`);
    const query = new URLSearchParams({
      client_id: 'shop',
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
      acr_values: 'urn:curfew:acr:mfa',
    });
    const other = createFormBrowser(server.issuer);
    const asked = await other.open(`/auth?${query.toString()}`);
    const challenge = await other.submit(asked, /sign-in$/, { username, password });
    const off = await other.submit(challenge, /totp$/, { code: '000000' });
    assert.match(off.text, /Your authenticator app was turned off/);
    assert.doesNotMatch(off.text, /Enter its code instead/);
    const right = await other.submit(challenge, /totp$/, { code: totpCode(secret) });
    assert.match(right.text, /Your authenticator app was turned off/, 'no code is taken');
    assert.match((await open()).text, /Turned off: too many codes in a row were wrong/);
    const anew = await other.submit(right, /recovery$/, { recovery_code: codes[0] ?? '' });
    assert.ok(readSecret(anew.text), 'a new one is set up');
  });
});
