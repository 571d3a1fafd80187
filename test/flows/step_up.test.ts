import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { initiateDeviceAuthorization } from 'openid-client';
import { removeSecondFactors } from '../../src/operations/remove_second_factors.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { readRecoveryCodes, readSecret } from '../support/browser.ts';
import type { Person } from '../support/browser.ts';
import { ada, api, client, exampleConfiguration, grace, shop } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { assertRefused, listEvents } from '../support/gate.ts';
import { givePasskey, readPasskeyRequest } from '../support/passkeys.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { createSoftAuthenticator } from '../support/soft_authenticator.ts';
import { totpCode } from '../support/totp.ts';

const sensitive = {
  resource: api,
  scope: 'openid offline_access reports.read payments.write',
  prompt: 'consent',
};
const bound = { resource: api, scope: 'openid reports.read payments.write' };
const plain = { resource: api, scope: 'openid reports.read' };
const mfa = 'urn:curfew:acr:mfa';
const deviceClient = {
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  response_types: [],
  redirect_uris: [],
};
const password = 'urn:curfew:acr:pwd';

/** payments.write asks for a proof of MFA of at most five minutes; the policies for at most fifteen. */
function stepUpConfiguration(mfaOfAdmin: 'step_up' | 'always' = 'step_up'): ExampleConfiguration {
  const configuration = exampleConfiguration();
  const limits = { ...configuration.policies.get('admin')?.limits, mfa: mfaOfAdmin, mfa_max_age: 900 };
  const payments = {
    name: 'payments.write',
    description: 'Move money',
    roles: ['admin'],
    stepUp: { mfaMaxAge: 300 },
  };
  return {
    ...configuration,
    policies: new Map([...configuration.policies, ['admin', { limits, baselines: [] }]]),
    scopes: new Map([...(configuration.scopes ?? []), ['payments.write', payments]]),
    clients: new Map([
      ...configuration.clients,
      ['shop', client('shop', { secret: shop.secret, scope: sensitive.scope, trusted: true })],
      ['tv', client('tv', { scope: sensitive.scope, metadata: deviceClient })],
    ]),
  };
}

describe('a second factor', () => {
  let server: TestServer;
  let party: RelyingParty;
  let person: Person & { authenticator: { secret: string; recoveryCodes: string[] } };

  beforeEach(async () => {
    server = await startTestServer(stepUpConfiguration());
    party = await createRelyingParty(server.issuer, shop);
    person = { ...grace, authenticator: { secret: '', recoveryCodes: [] } };
    // Begin at the start of a time step, so that none ends in the middle of a test.
    await server.clock.advance(30 - ((Date.now() / 1000) % 30));
  });
  afterEach(() => server.stop());

  const authorizeUrl = (parameters: Record<string, string>) =>
    `${server.issuer}/auth?${new URLSearchParams({
      client_id: 'shop',
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:9/callback',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
      ...plain,
      ...parameters,
    }).toString()}`;

  it('is set up on the way to a scope that needs it, and counts as its proof', async () => {
    const tokens = await party.signIn(person, sensitive);
    const claims = decodeJwt(tokens.access_token);
    assert.equal(claims.scope, 'reports.read payments.write');
    assert.equal(claims.acr, mfa);
    assert.deepEqual(claims.amr, ['pwd', 'otp', 'mfa']);
    assert.equal(person.authenticator.recoveryCodes.length, 10);
    assert.equal(person.authenticator.secret.length, 32, '160 bits');
    const names = (await listEvents(server.database)).map(({ name }) => name);
    assert.ok(names.includes('factor.enrolled'));
  });

  it('is asked for without a second password when the proof has aged, and not before', async () => {
    await party.signIn(person, sensitive);
    const first = decodeJwt((await party.signIn(person, plain)).id_token ?? '');
    await server.clock.advance(299);
    await party.signIn({ ...person, password: 'not asked for' }, sensitive);
    await server.clock.advance(2);
    const page = await party.browser.open(authorizeUrl(bound));
    assert.match(page.text, /asks you to confirm it(&#39;|')s you before it may: Move money/);
    assert.doesNotMatch(page.text, /type="password"/);
    const tokens = await party.signIn({ ...person, password: 'not asked for' }, sensitive);
    const again = decodeJwt(tokens.id_token ?? '');
    assert.equal(again.acr, mfa);
    assert.ok(Number(again.auth_time) > Number(first.auth_time), 'auth_time is the moment of the step-up');
  });

  it('never resets the absolute limit of the session, and is activity', async () => {
    await party.signIn(person, sensitive);
    await server.clock.advance(3000);
    await party.signIn(person, sensitive);
    const [session] = await server.database.query<{ age: number; idle: number }>({
      name: 'test_session_age',
      text: `select extract(epoch from curfew_now() - started_at)::float8 as age,
               extract(epoch from curfew_now() - last_activity_at)::float8 as idle from sessions`,
    });
    assert.ok(session && session.age > 2999 && session.idle < 10);
  });

  it('asks for the password first when the proof of it is too old to set up a factor', async () => {
    await party.signIn(person, plain);
    await server.clock.advance(301);
    const page = await party.browser.open(authorizeUrl(bound));
    assert.match(page.text, /type="password"/);
    const next = await party.browser.submit(page, /sign-in$/, grace);
    assert.match(next.text, /otpauth:/);
  });

  it('asks for the password again when the page that sets up a factor was left open too long', async () => {
    const page = await party.browser.open(authorizeUrl(bound));
    const enrolment = await party.browser.submit(page, /sign-in$/, grace);
    const secret = readSecret(enrolment.text);
    await server.clock.advance(301);
    const next = await party.browser.submit(enrolment, /enrol$/, { code: totpCode(secret) });
    assert.match(next.text, /type="password"/);
  });

  it('shows the secret of a factor that is being set up to no other session', async () => {
    const secrets = [];
    for (let browsers = 0; browsers < 2; browsers += 1) {
      const other = await createRelyingParty(server.issuer, shop);
      const page = await other.browser.open(authorizeUrl(bound));
      const enrolment = await other.browser.submit(page, /sign-in$/, grace);
      secrets.push(readSecret(enrolment.text));
      assert.equal(
        readSecret((await other.browser.open(enrolment.url)).text),
        secrets.at(-1),
        'its own sees it again',
      );
    }
    assert.notEqual(secrets[0], secrets[1]);
  });

  it('accepts each code once, whatever it is for, and tells a used one from a wrong one', async () => {
    await party.signIn(person, sensitive);
    await server.clock.advance(901);
    const code = totpCode(person.authenticator.secret);
    const page = await party.browser.open(authorizeUrl(bound));
    const wrong = await party.browser.submit(page, /totp$/, {
      code: code === '000000' ? '000001' : '000000',
    });
    assert.equal(wrong.response.status, 422);
    assert.match(wrong.text, /The code is not right/);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        party.browser.request(`${page.url.pathname}/totp`, {
          method: 'POST',
          body: new URLSearchParams({ code, csrf: /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '' }),
        }),
      ),
    );
    assert.equal(answers.filter(({ status }) => status === 303).length, 1);
    assert.equal((await listEvents(server.database)).filter(({ name }) => name === 'mfa.passed').length, 1);
  });

  it('says that a code was used already', async () => {
    await party.signIn(person, sensitive);
    const page = await party.browser.open(
      authorizeUrl({ ...plain, acr_values: mfa, max_age: '0', prompt: 'login' }),
    );
    const challenge = await party.browser.submit(page, /sign-in$/, grace);
    const used = await party.browser.submit(challenge, /totp$/, {
      code: totpCode(person.authenticator.secret),
    });
    assert.match(used.text, /This code was used already\. Wait for the next one\./);
  });

  it('takes the code of the step before, and none older', async () => {
    await party.signIn(person, sensitive);
    await server.clock.advance(901);
    const page = await party.browser.open(authorizeUrl(bound));
    const old = await party.browser.submit(page, /totp$/, {
      code: totpCode(person.authenticator.secret, Date.now(), -2),
    });
    assert.equal(old.response.status, 422);
    const future = await party.browser.submit(page, /totp$/, {
      code: totpCode(person.authenticator.secret, Date.now(), 1),
    });
    assert.equal(future.response.status, 422);
    const late = await party.browser.submit(page, /totp$/, {
      code: totpCode(person.authenticator.secret, Date.now(), -1),
    });
    assert.equal(late.url.host, '127.0.0.1:9');
  });

  it('makes whoever guesses wait after five wrong codes', async () => {
    await party.signIn(person, sensitive);
    await server.clock.advance(901);
    const page = await party.browser.open(authorizeUrl(bound));
    for (let tries = 0; tries < 5; tries += 1) {
      const wrong = await party.browser.submit(page, /totp$/, { code: '12345' });
      assert.equal(wrong.response.status, 422);
    }
    const blocked = await party.browser.submit(page, /totp$/, {
      code: totpCode(person.authenticator.secret),
    });
    assert.equal(blocked.response.status, 429);
    assert.match(blocked.text, /You can try again in/);
    await server.clock.advance(31);
    const right = await party.browser.submit(page, /totp$/, { code: totpCode(person.authenticator.secret) });
    assert.equal(right.url.host, '127.0.0.1:9');
  });

  it('gives the session a new identifier, so that nobody goes on with the one before', async () => {
    await party.signIn(person, plain);
    const readCookies = () =>
      ['curfew_session', 'curfew_session.sig']
        .map((name) => `${name}=${party.browser.cookie(name)}`)
        .join('; ');
    const before = readCookies();
    await party.signIn(person, bound);
    const answer = async (cookie: string) => {
      const url = authorizeUrl({ ...plain, prompt: 'none' });
      const response = await fetch(url, { headers: { cookie }, redirect: 'manual' });
      return new URL(response.headers.get('location') ?? '').searchParams;
    };
    assert.equal((await answer(before)).get('error'), 'login_required');
    assert.ok((await answer(readCookies())).has('code'));
  });

  it('is replaced after a recovery code, which works once and opens nothing by itself', async () => {
    const tokens = await party.signIn(person, sensitive);
    const [recoveryCode = '', other = ''] = person.authenticator.recoveryCodes;
    await server.clock.advance(31);
    const lostPhone = await createRelyingParty(server.issuer, shop);
    const signIn = await lostPhone.browser.open(authorizeUrl(bound));
    const challenge = await lostPhone.browser.submit(signIn, /sign-in$/, grace);
    const recovery = await lostPhone.browser.open(`${challenge.url.pathname}/recovery`);
    const wrong = await lostPhone.browser.submit(recovery, /recovery$/, {
      recovery_code: 'aaaa-bbbb-cccc-dddd',
    });
    assert.equal(wrong.response.status, 422);
    const enrolment = await lostPhone.browser.submit(recovery, /recovery$/, {
      recovery_code: recoveryCode.toUpperCase().replaceAll('-', ' '),
    });
    assert.match(enrolment.text, /otpauth:/, 'a new factor must be set up first');
    await assertRefused(party, tokens, 'credential_changed');
    const secret = readSecret(enrolment.text);
    assert.notEqual(secret, person.authenticator.secret);
    const codes = await lostPhone.browser.submit(enrolment, /enrol$/, { code: totpCode(secret) });
    assert.ok(!readRecoveryCodes(codes.text).includes(other), 'new codes replace the old ones');
    const done = await lostPhone.browser.submit(codes, /continue$/);
    assert.ok(done.url.searchParams.get('code') ?? /consent/.test(done.text));
  });

  it('is asked of everyone whose policy says always, and refuses families without it', async () => {
    const tokens = await party.signIn(person, plain);
    await server.apply({ policies: stepUpConfiguration('always').policies });
    await assertRefused(party, tokens, 'mfa_required');
    const fresh = await createRelyingParty(server.issuer, shop);
    const signedIn = await fresh.signIn(person, plain);
    assert.equal(decodeJwt(signedIn.access_token).acr, mfa);
    await fresh.refresh(signedIn.refresh_token ?? '');
  });

  it('lifts no older family by a step-up in the browser', async () => {
    const older = await party.signIn(person, {
      ...sensitive,
      scope: 'openid offline_access reports.read payments.write',
    });
    await server.clock.advance(301);
    await party.signIn(person, sensitive);
    const refreshed = await party.refresh(older.refresh_token ?? '');
    assert.equal(decodeJwt(refreshed.access_token).scope, 'reports.read');
    assert.equal(refreshed.scope, 'reports.read');
    const { status, body } = await party.token({
      grant_type: 'refresh_token',
      refresh_token: refreshed.refresh_token ?? '',
      scope: 'payments.write',
    });
    assert.deepEqual([status, body.error], [400, 'invalid_scope']);
    assert.match(String(body.error_description), /^mfa_stale: /);
    await party.refresh(refreshed.refresh_token ?? '');
  });

  it('withdraws a scope with its role, and gives it back with it', async () => {
    const tokens = await party.signIn(person, sensitive);
    const users = (roles: string[]) => server.apply({ users: [{ username: 'grace', roles }] });
    await users(['member']);
    const without = await party.refresh(tokens.refresh_token ?? '');
    assert.equal(without.scope, 'reports.read');
    const { body } = await party.token({
      grant_type: 'refresh_token',
      refresh_token: without.refresh_token ?? '',
      scope: 'payments.write',
    });
    assert.match(String(body.error_description), /^scope_withdrawn: /);
    await users(['admin']);
    const again = await party.refresh(without.refresh_token ?? '');
    assert.equal(again.scope, 'reports.read payments.write');
  });

  it('grants nothing by an old consent whose role is gone, not even when the role comes back', async () => {
    await party.signIn(person, sensitive);
    const users = (roles: string[]) => server.apply({ users: [{ username: 'grace', roles }] });
    await users(['member']);
    const tokens = await party.signIn(person, sensitive);
    assert.equal(tokens.scope, 'reports.read');
    await users(['admin']);
    const again = await party.refresh(tokens.refresh_token ?? '');
    assert.equal(again.scope, 'reports.read');
    await party.signIn(person, sensitive);
  });

  it('honours acr_values and max_age with the second factor alone, and refuses what it cannot reach', async () => {
    await party.signIn(person, sensitive);
    await server.clock.advance(60);
    const kept = await party.signIn(person, { ...plain, acr_values: mfa, max_age: '120' });
    const before = decodeJwt(kept.id_token ?? '').auth_time;
    const page = await party.browser.open(authorizeUrl({ ...plain, acr_values: mfa, max_age: '30' }));
    assert.doesNotMatch(page.text, /type="password"/);
    const again = await party.signIn(person, { ...plain, acr_values: `${mfa} ${password}`, max_age: '30' });
    assert.ok(Number(decodeJwt(again.id_token ?? '').auth_time) >= Number(before) + 60);
    const essential = JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:none' } } });
    const { url } = await party.authorize(person, { ...plain, claims: essential });
    assert.equal(url.searchParams.get('error'), 'unmet_authentication_requirements');
    const voluntary = await party.signIn(person, { ...plain, acr_values: 'urn:none' });
    assert.ok(decodeJwt(voluntary.id_token ?? '').acr);
    const silent = await party.authorize(person, { ...plain, acr_values: mfa, max_age: '1', prompt: 'none' });
    assert.equal(silent.url.searchParams.get('error'), null, 'the proof was just given');
    await server.clock.advance(2);
    const late = await party.authorize(person, { ...plain, acr_values: mfa, max_age: '1', prompt: 'none' });
    assert.equal(late.url.searchParams.get('error'), 'interaction_required');
  });

  it('is no first factor: max_age without an MFA acr looks at the password', async () => {
    await party.signIn(person, sensitive);
    await server.clock.advance(400);
    await party.signIn({ ...person, password: 'not asked for' }, sensitive);
    const silent = { ...plain, prompt: 'none' };
    const tooOld = await party.authorize(person, { ...silent, max_age: '300' });
    assert.equal(tooOld.url.searchParams.get('error'), 'login_required');
    const recent = await party.authorize(person, { ...silent, max_age: '500' });
    assert.ok(recent.url.searchParams.get('code'));
    const page = await party.browser.open(authorizeUrl({ max_age: '300' }));
    assert.match(page.text, /type="password"/);
  });

  it('takes a fresh code for a device, whatever the session holds', async () => {
    await party.signIn(person, sensitive);
    const tv = await createRelyingParty(server.issuer, { clientId: 'tv' });
    const started = await initiateDeviceAuthorization(tv.config, bound);
    const entry = await party.browser.open(started.verification_uri_complete ?? '');
    const confirm = await party.browser.submit(entry, /device$/, {});
    const challenge = await party.browser.submit(confirm, /device$/, { confirm: 'yes' });
    assert.match(challenge.text, /asks you to confirm it(&#39;|')s you before it may: Move money/);
    await server.clock.advance(30);
    const consent = await party.browser.submit(challenge, /totp$/, {
      code: totpCode(person.authenticator.secret),
    });
    const done = await party.browser.submit(consent, /consent$/);
    assert.match(done.text, /Your device is connected/);
    const answer = await tv.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: started.device_code,
    });
    assert.equal(answer.body.scope, 'reports.read payments.write');
  });

  it('takes a passkey for a device as well as a code', async () => {
    await party.signIn(person, sensitive);
    const device = createSoftAuthenticator(server.issuer);
    await givePasskey(server, person.username, device);
    const tv = await createRelyingParty(server.issuer, { clientId: 'tv' });
    const started = await initiateDeviceAuthorization(tv.config, bound);
    const entry = await party.browser.open(started.verification_uri_complete ?? '');
    const confirm = await party.browser.submit(entry, /device$/, {});
    const challenge = await party.browser.submit(confirm, /device$/, { confirm: 'yes' });
    const credential = device.get(readPasskeyRequest(challenge.text, /\/passkey$/));
    const consent = await party.browser.submit(challenge, /\/passkey$/, { credential });
    assert.match((await party.browser.submit(consent, /consent$/)).text, /Your device is connected/);
  });

  it('is asked of nobody whose role the scope does not admit', async () => {
    const tokens = await party.signIn(ada, sensitive);
    assert.equal(decodeJwt(tokens.access_token).scope, 'reports.read');
  });

  it('can be taken away by an operator, which ends everything', async () => {
    const tokens = await party.signIn(person, sensitive);
    const accountId = decodeJwt(tokens.id_token ?? '').sub ?? '';
    await server.database.transaction(async (tx) =>
      removeSecondFactors(tx, await loadConfiguration(tx), { accountId }, { actor: 'operator' }),
    );
    await assertRefused(party, tokens, 'credential_changed');
    const [row] = await server.database.query<{ count: number }>({
      name: 'test_factors',
      text: 'select (select count(*) from totp_factors) + (select count(*) from recovery_codes) as count',
    });
    assert.equal(Number(row?.count), 0);
  });
});
