import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { createFormBrowser, readRecoveryCodes } from '../support/browser.ts';
import type { FormBrowser, Person } from '../support/browser.ts';
import { exampleConfiguration, shop } from '../support/example_configuration.ts';
import { assertRefused } from '../support/gate.ts';
import { findLastRefusal, givePasskey, readPasskeyRequest } from '../support/passkeys.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { createSoftAuthenticator } from '../support/soft_authenticator.ts';
import type { SoftAuthenticator } from '../support/soft_authenticator.ts';
import { totpCode } from '../support/totp.ts';

const phr = 'urn:curfew:acr:phr';
const mfa = 'urn:curfew:acr:mfa';
const password = 'tin kettle moss fern';
const isProving = /\/passkey$/;
const isEnrolling = /\/enrol-passkey$/;

type Page = Awaited<ReturnType<FormBrowser['open']>>;

describe('a policy that wants phishing-resistant proofs', () => {
  let server: TestServer;
  let browser: FormBrowser;
  let device: SoftAuthenticator;
  let username: string;
  let people = 0;

  before(async () => {
    const configuration = exampleConfiguration();
    const many = { most: 1000, seconds: 600 };
    const careful = { mfa: 'always' as const, mfa_max_age: 600 };
    const strict = { ...careful, mfa_phishing_resistant: true };
    server = await startTestServer({
      ...configuration,
      users: [],
      rate_limits: { sign_in_address: many, second_factor_address: many },
      policies: new Map([
        ...configuration.policies,
        ['careful', { baselines: [], limits: careful }],
        ['strict', { baselines: [], limits: strict }],
      ]),
      roles: new Map([
        ...(configuration.roles ?? []),
        ['careful', { name: 'careful', policy: 'careful' }],
        ['strict', { name: 'strict', policy: 'strict' }],
      ]),
    });
  });
  after(() => server.stop());
  beforeEach(async () => {
    await addPerson('strict');
    browser = createFormBrowser(server.issuer);
    device = createSoftAuthenticator(server.issuer);
  });
  afterEach(() => server.clock.reset());

  async function addPerson(role: string): Promise<void> {
    people += 1;
    username = `person-${people}`;
    await server.apply({ users: [{ username, password, roles: [role] }] });
  }

  const signIn = async () =>
    await browser.submit(await browser.open('/account'), /sign-in$/, { username, password });
  const isIn = ({ url }: Page) => url.pathname === '/account';
  const addPasskey = (page: Page) =>
    browser.submit(page, isEnrolling, {
      credential: device.create(readPasskeyRequest(page.text, isEnrolling)),
    });
  const claimsFor = async (who: Person, parameters = {}) => {
    const tokens = await (await createRelyingParty(server.issuer, shop, browser)).signIn(who, parameters);
    return decodeJwt(tokens.id_token ?? '');
  };

  /** An authenticator app, set up while a code was enough for this person. */
  async function giveApp() {
    await server.apply({ users: [{ username, roles: ['careful'] }] });
    const authenticator = { secret: '', recoveryCodes: [] };
    const party = await createRelyingParty(server.issuer, shop);
    const tokens = await party.signIn({ username, password, authenticator });
    await server.apply({ users: [{ username, roles: ['strict'] }] });
    await server.clock.advance(60);
    return { authenticator, party, tokens };
  }

  it('takes a passkey and no code, which it does not even look at', async () => {
    const { authenticator } = await giveApp();
    await givePasskey(server, username, device);
    const page = await signIn();
    assert.match(page.text, /Only a passkey will do; a code is not enough\./);
    assert.doesNotMatch(page.text, /name="code"/);
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const code = totpCode(authenticator.secret);
    const body = new URLSearchParams({ csrf, code });
    const refused = await browser.open(`${page.url.pathname}/totp`, { method: 'POST', body });
    assert.equal(refused.response.status, 422);
    assert.match(refused.text, /A code is not enough here\. Use a passkey\./);
    assert.notEqual(await findLastRefusal(server.database), 'used');
    const credential = device.get(readPasskeyRequest(refused.text, isProving));
    assert.ok(isIn(await browser.submit(refused, isProving, { credential })));
  });

  it('says so to apps by `acr`, which resource servers may ask for', async () => {
    await givePasskey(server, username, device);
    const person = { username, password, passkey: { device } };
    const { acr, amr } = await claimsFor(person);
    assert.deepEqual([acr, amr], [phr, ['pwd', 'hwk', 'user', 'mfa']]);
    assert.equal((await claimsFor(person, { acr_values: mfa })).acr, mfa, 'as asked');
  });

  it('lets who has an app and no passkey add one after a code, and go on', async () => {
    const { authenticator } = await giveApp();
    const page = await signIn();
    assert.match(page.text, /you have none yet: enter a code first, then add one\./);
    const next = await browser.submit(page, /totp$/, { code: totpCode(authenticator.secret) });
    assert.match(next.text, /To go on takes a passkey, and you have none yet\. Add one now\./);
    assert.ok(!isIn(await browser.open('/account')));
    assert.ok(isIn(await addPasskey(next)));
  });

  it('lets who has nothing add a passkey after the password, with recovery codes', async () => {
    const page = await signIn();
    const codes = await addPasskey(page);
    assert.equal(readRecoveryCodes(codes.text).length, 10);
    assert.ok(isIn(await browser.submit(codes, /continue$/)));
  });

  it('keeps no passkey that was made elsewhere, and asks again', async () => {
    const page = await signIn();
    const credential = device.create(readPasskeyRequest(page.text, isEnrolling), {
      origin: 'http://localhost:1',
    });
    const again = await browser.submit(page, isEnrolling, { credential });
    assert.equal(again.response.status, 422);
    assert.match(again.text, /This passkey was not accepted\./);
    assert.ok(!isIn(await browser.open('/account')));
  });

  it('asks for the password again before a first passkey, once its proof is old', async () => {
    const page = await signIn();
    await server.clock.advance(301);
    assert.match((await addPasskey(page)).text, /action="[^"]*\/sign-in"/);
    assert.match((await browser.open('/account')).text, /action="[^"]*\/sign-in"/);
  });

  it('adds no second passkey on the way in: who has one proves it', async () => {
    const page = await signIn();
    await givePasskey(server, username, device);
    const thief = createSoftAuthenticator(server.issuer);
    const credential = thief.create(readPasskeyRequest(page.text, isEnrolling));
    assert.match((await browser.submit(page, isEnrolling, { credential })).text, /Use your passkey/);
  });

  it('ends what a code alone had opened at its next refresh', async () => {
    const { party, tokens } = await giveApp();
    await assertRefused(party, tokens, 'mfa_required');
  });

  it('is met by a passkey alone', async () => {
    await givePasskey(server, username, device);
    const { acr } = await claimsFor({ username: '', password: '', passkey: { device, alone: true } });
    assert.equal(acr, phr);
  });

  it('is not needed for a request that asks by itself', async () => {
    await addPerson('member');
    await givePasskey(server, username, device);
    const person = { username, password, passkey: { device } };
    assert.equal((await claimsFor(person, { acr_values: phr })).acr, phr);
    assert.equal((await claimsFor(person)).acr, mfa, 'and where nobody asks, the ordinary one');
    assert.equal((await claimsFor(person, { acr_values: `${phr} ${mfa}` })).acr, phr);
  });
});
