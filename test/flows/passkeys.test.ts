import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { createFormBrowser } from '../support/browser.ts';
import type { FormBrowser, Person } from '../support/browser.ts';
import { exampleConfiguration, shop } from '../support/example_configuration.ts';
import { findLastRefusal, givePasskey, readPasskeyRequest } from '../support/passkeys.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { createSoftAuthenticator } from '../support/soft_authenticator.ts';
import type { SoftAuthenticator, Twist } from '../support/soft_authenticator.ts';
import { sql } from '../support/sql.ts';
import { totpCode } from '../support/totp.ts';

const mfa = 'urn:curfew:acr:mfa';
const password = 'tin kettle moss fern';
const isSecond = /\/passkey$/;
const isAlone = /\/passkey-login$/;

type Page = Awaited<ReturnType<FormBrowser['open']>>;

describe('passkeys over HTTP', () => {
  let server: TestServer;
  let browser: FormBrowser;
  let device: SoftAuthenticator;
  let username: string;
  let accountId: string;
  let people = 0;
  /** The policy of its role asks for a second factor at every sign-in; it has a passkey and no app. */
  let person: Person;

  before(async () => {
    const many = { most: 1000, seconds: 600 };
    const rate_limits = { sign_in_address: many, second_factor_address: many };
    const configuration = exampleConfiguration();
    const always = { baselines: [], limits: { mfa: 'always' as const, mfa_max_age: 600 } };
    server = await startTestServer({
      ...configuration,
      users: [],
      rate_limits,
      policies: new Map([...configuration.policies, ['always', always]]),
      roles: new Map([...(configuration.roles ?? []), ['careful', { name: 'careful', policy: 'always' }]]),
    });
  });
  after(() => server.stop());
  beforeEach(async () => {
    people += 1;
    username = `person-${people}`;
    await server.apply({ users: [{ username, password, roles: ['careful'] }] });
    device = createSoftAuthenticator(server.issuer);
    accountId = await givePasskey(server, username, device);
    browser = createFormBrowser(server.issuer);
    person = { username, password, passkey: { device } };
  });
  afterEach(() => server.clock.reset());

  const open = () => browser.open('/account');
  const toSecondFactor = async () => await browser.submit(await open(), /sign-in$/, { username, password });
  const answer = async (page: Page, is: RegExp, twist: Twist = {}) =>
    await browser.submit(page, is, { credential: device.get(readPasskeyRequest(page.text, is), twist) });
  const isIn = ({ url }: Page) => url.pathname === '/account';
  const claimsFor = async (who: Person, parameters = {}) => {
    const tokens = await (await createRelyingParty(server.issuer, shop)).signIn(who, parameters);
    const { acr, amr, auth_time } = decodeJwt(tokens.id_token ?? '');
    return { acr, amr, auth_time };
  };
  const removePasskeys = () =>
    sql(server.database, 'delete from passkeys where account_id = $1 returning passkey_id', accountId);

  describe('as a second factor', () => {
    it('satisfy a policy that asks for one, without an authenticator app', async () => {
      const page = await toSecondFactor();
      assert.match(page.text, /Use your passkey/);
      assert.match(page.text, /Use a recovery code/);
      assert.doesNotMatch(page.text, /name="code"/);
      assert.ok(isIn(await answer(page, isSecond)));
    });

    it('make `acr` and `amr` say so, and how the user was verified', async () => {
      const { acr, amr } = await claimsFor(person, { acr_values: mfa });
      assert.deepEqual([acr, amr], [mfa, ['pwd', 'hwk', 'user', 'mfa']]);
      const present = { ...person, passkey: { device, twist: { verified: false } } };
      assert.deepEqual((await claimsFor(present)).amr, ['pwd', 'hwk', 'mfa']);
      device = createSoftAuthenticator(server.issuer, { synced: true });
      await givePasskey(server, username, device);
      assert.deepEqual((await claimsFor({ ...person, passkey: { device } })).amr, [
        'pwd',
        'swk',
        'user',
        'mfa',
      ]);
    });

    it('are not stood in for by an app that is set up by the password alone', async () => {
      const page = await toSecondFactor();
      const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
      const path = `${page.url.pathname}/enrol`;
      const post = (code: string) =>
        browser.open(path, { method: 'POST', body: new URLSearchParams({ csrf, code }) });
      let secret: string | undefined;
      for (let tries = 0; tries < 8; tries += 1) {
        const { text } = await post('000000');
        secret ??= /secret=([A-Z2-7]+)/.exec(text)?.[1] ?? /([A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec(text)?.[0];
      }
      assert.equal(secret, undefined, 'no page tells the secret of an app');
      await server.clock.advance(31);
      await post(totpCode((secret ?? 'A'.repeat(32)).replaceAll(' ', '')));
      assert.ok(!isIn(await open()));
      assert.deepEqual(
        await sql(server.database, 'select from totp_factors where account_id = $1', accountId),
        [],
      );
    });

    it('serve for as long as one proof does, and are asked for again then', async () => {
      const party = await createRelyingParty(server.issuer, shop, browser);
      await party.signIn(person, { acr_values: mfa });
      const { passkey: _, ...withoutPasskey } = person;
      await party.signIn(withoutPasskey, { acr_values: mfa });
      await server.clock.advance(600);
      await assert.rejects(party.signIn(withoutPasskey, { acr_values: mfa }), /Unexpected page/);
      await party.signIn(person, { acr_values: mfa });
    });

    it('are offered beside the code where there is an app, and either leads on', async () => {
      await removePasskeys();
      const authenticator = { secret: '', recoveryCodes: [] };
      await claimsFor({ username, password, authenticator });
      await givePasskey(server, username, device);
      const page = await toSecondFactor();
      assert.match(page.text, /name="code"/);
      assert.match(page.text, /Use a passkey instead/);
      const refused = await answer(page, isSecond, { origin: 'http://localhost:1' });
      assert.equal(refused.response.status, 422);
      assert.match(refused.text, /name="code"/);
      assert.ok(isIn(await answer(refused, isSecond)));
      browser = createFormBrowser(server.issuer);
      await server.clock.advance(60);
      const code = totpCode(authenticator.secret);
      assert.ok(isIn(await browser.submit(await toSecondFactor(), /totp$/, { code })));
    });

    const wrong: [string, Twist, string][] = [
      ['a wrong origin', { origin: 'http://localhost:1' }, 'invalid'],
      ['a wrong RP id', { rpId: 'localhost.example' }, 'invalid'],
      ['a challenge that nobody made', { challenge: 'AAAA' }, 'expired'],
      ['a counter that went back', { counter: 1 }, 'counter'],
    ];
    for (const [what, twist, reason] of wrong) {
      it(`refuse ${what}, and let nobody in`, async () => {
        assert.ok(isIn(await answer(await toSecondFactor(), isSecond)));
        browser = createFormBrowser(server.issuer);
        const refused = await answer(await toSecondFactor(), isSecond, twist);
        assert.equal(refused.response.status, 422);
        assert.match(refused.text, /This passkey was not accepted|This page was open for too long/);
        assert.equal(await findLastRefusal(server.database), reason);
        assert.ok(!isIn(await open()));
      });
    }

    it('refuse a replayed answer, and one to the page of another sign-in', async () => {
      const page = await toSecondFactor();
      const credential = device.get(readPasskeyRequest(page.text, isSecond));
      const other = createFormBrowser(server.issuer);
      const theirs = await other.submit(await other.open('/account'), /sign-in$/, { username, password });
      assert.equal((await other.submit(theirs, isSecond, { credential })).response.status, 422);
      assert.equal(await findLastRefusal(server.database), 'expired');
      assert.ok(isIn(await browser.submit(page, isSecond, { credential })));
      assert.equal((await other.submit(theirs, isSecond, { credential })).response.status, 422);
      assert.equal(await findLastRefusal(server.database), 'expired');
    });

    it("refuse another person's, a removed and an unknown one", async () => {
      const mine = { device, username };
      device = createSoftAuthenticator(server.issuer);
      await server.apply({ users: [{ username: `other-${people}`, password, roles: ['careful'] }] });
      await givePasskey(server, `other-${people}`, device);
      assert.equal((await answer(await toSecondFactor(), isSecond)).response.status, 422);
      assert.equal(await findLastRefusal(server.database), 'foreign');
      device = mine.device;
      browser = createFormBrowser(server.issuer);
      const page = await toSecondFactor();
      await removePasskeys();
      assert.notEqual((await answer(page, isSecond)).url.pathname, '/account');
      assert.equal(await findLastRefusal(server.database), 'unknown');
    });
  });

  describe('alone', () => {
    it('sign in with both factors at once, whatever the policy asks', async () => {
      const { acr, amr, auth_time } = await claimsFor(
        { username: '', password: '', passkey: { device, alone: true } },
        { acr_values: mfa },
      );
      assert.deepEqual([acr, amr], [mfa, ['hwk', 'user', 'mfa']]);
      assert.ok(Math.abs(Number(auth_time) - Date.now() / 1000) < 30);
    });

    it('are proofs recent enough to change the account', async () => {
      assert.ok(isIn(await answer(await open(), isAlone)));
      const { text } = await browser.open('/account/security/apps/new');
      assert.match(text, /Set up your authenticator app|Add another authenticator app/);
    });

    it('make the browser one that the account knows, as a password does', async () => {
      assert.ok(isIn(await answer(await open(), isAlone)));
      const [row] = await sql<{ known: number }>(
        server.database,
        'select count(*)::int as known from known_devices where account_id = $1',
        accountId,
      );
      assert.equal(row?.known, 1);
    });

    it('are asked for without a name, by the configured issuer and never by a header', async () => {
      const page = await browser.open('/account', { headers: { 'x-forwarded-host': 'evil.example' } });
      const request = JSON.parse(readPasskeyRequest(page.text, isAlone)) as Record<string, unknown>;
      assert.equal(request.rpId, 'localhost');
      assert.equal(request.userVerification, 'required');
      assert.equal(request.allowCredentials, undefined);
      assert.match(page.text, /autocomplete="username webauthn"/);
    });

    const wrong: [string, Twist, string][] = [
      ['a wrong origin', { origin: 'http://localhost:1' }, 'passkey_invalid'],
      ['a wrong RP id', { rpId: 'localhost.example' }, 'passkey_invalid'],
      ['another user handle', { userHandle: 'AAAA' }, 'passkey_invalid'],
      ['a user that was not verified', { verified: false }, 'passkey_not_verified'],
      ['a counter that went back', { counter: 1 }, 'passkey_counter'],
      ['a challenge that nobody made', { challenge: 'AAAA' }, 'passkey_expired'],
    ];
    for (const [what, twist, reason] of wrong) {
      it(`refuse ${what}, and let nobody in`, async () => {
        assert.ok(isIn(await answer(await open(), isAlone)));
        browser = createFormBrowser(server.issuer);
        assert.equal((await answer(await open(), isAlone, twist)).response.status, 422);
        assert.equal(await findLastRefusal(server.database), reason);
        assert.ok(!isIn(await open()));
      });
    }

    it('refuse a replayed answer, and one to the page of another browser', async () => {
      const page = await open();
      const credential = device.get(readPasskeyRequest(page.text, isAlone));
      const other = createFormBrowser(server.issuer);
      const theirs = await other.open('/account');
      assert.equal((await other.submit(theirs, isAlone, { credential })).response.status, 422);
      assert.ok(isIn(await browser.submit(page, isAlone, { credential })));
      browser.clearCookies();
      assert.equal((await browser.submit(await open(), isAlone, { credential })).response.status, 422);
      assert.equal(await findLastRefusal(server.database), 'passkey_expired');
    });

    it('refuse an answer to a page that was open for too long', async () => {
      const page = await open();
      await server.clock.advance(601);
      const late = await answer(page, isAlone);
      assert.equal(late.response.status, 422);
      assert.match(late.text, /This page was open for too long\. Try again\./);
      assert.ok(isIn(await answer(late, isAlone)));
    });

    it('say the same of an unknown and a removed one and of a disabled account', async () => {
      const texts: string[] = [];
      const refuse = async () => {
        browser = createFormBrowser(server.issuer);
        const { response, text } = await answer(await open(), isAlone);
        assert.equal(response.status, 422);
        texts.push(text.replace(/(?:value|action)="[^"]*"/g, ''));
        return await findLastRefusal(server.database);
      };
      await sql(
        server.database,
        'update accounts set disabled_at = curfew_now() where account_id = $1',
        accountId,
      );
      assert.equal(await refuse(), 'account_disabled');
      await removePasskeys();
      assert.equal(await refuse(), 'passkey_unknown');
      device = createSoftAuthenticator(server.issuer);
      device.create(JSON.stringify({ challenge: 'AAAA', rp: { id: 'localhost' }, user: { id: 'AAAA' } }));
      assert.equal(await refuse(), 'passkey_unknown');
      assert.equal(new Set(texts).size, 1);
      assert.match(texts[0] ?? '', /This passkey was not accepted\./);
    });

    it('take no answer without the token of the form, nor at the wrong page', async () => {
      const page = await open();
      const credential = device.get(readPasskeyRequest(page.text, isAlone));
      assert.equal((await browser.submit(page, isAlone, { credential, csrf: 'none' })).response.status, 403);
      const second = await toSecondFactor();
      const address = `${second.url.pathname}/passkey-login`;
      const csrf = /name="csrf" value="([^"]*)"/.exec(second.text)?.[1] ?? '';
      const body = new URLSearchParams({ credential, csrf });
      assert.equal((await browser.open(address, { method: 'POST', body })).response.status, 400);
    });
  });
});

describe('tries with passkeys', () => {
  it('are counted by address, with passwords where they sign in and with codes after it', async () => {
    const few = { most: 5, seconds: 600 };
    const rate_limits = { sign_in_address: few };
    const server = await startTestServer({ ...exampleConfiguration(), users: [], rate_limits });
    try {
      const browser = createFormBrowser(server.issuer);
      const page = await browser.open('/account');
      const statuses: number[] = [];
      for (let tries = 0; tries < 6; tries += 1) {
        statuses.push((await browser.submit(page, isAlone, { credential: '' })).response.status);
      }
      assert.deepEqual(statuses, [422, 422, 422, 422, 422, 429]);
    } finally {
      await server.stop();
    }
  });
});
