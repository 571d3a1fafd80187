import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { attackedConfiguration, signInBrowser, startAttackedServer, tv } from '../support/attacked_server.ts';
import { createFormBrowser, findForm } from '../support/browser.ts';
import { ada, api, shop } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import type { TestServer } from '../support/server.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

/** Somebody is sent a code of the attacker's device, and is to enter it as if it were their own. */
describe('device-code phishing', () => {
  let server: TestServer;
  let attacker: RelyingParty;
  let started: oidc.DeviceAuthorizationResponse;

  beforeEach(async () => {
    server = await startAttackedServer({
      ...attackedConfiguration(),
      rate_limits: { device_code_address: { most: 8, seconds: 600 } },
    });
    attacker = await createRelyingParty(server.issuer, tv);
    started = await oidc.initiateDeviceAuthorization(attacker.config, {
      scope: 'openid profile reports.read',
      resource: api,
    });
  });
  afterEach(() => server.stop());

  async function poll(party = attacker): Promise<unknown> {
    const body = { grant_type: grantType, device_code: started.device_code };
    return (await party.token(body)).body.error ?? 'tokens';
  }

  it('connects nothing by a link, not even in a browser that is signed in', async () => {
    const victim = await signInBrowser(server.issuer);
    const link = started.verification_uri_complete ?? '';
    for (const more of ['&confirm=yes', '&confirm=yes&abort=']) await victim.open(link + more);
    assert.equal(await poll(), 'authorization_pending');
    const asked = await victim.submit(await victim.open(link), /device$/);
    assert.match(asked.text, /Is this your device\?/, 'the form that the link fills in only asks');
    await server.clock.advance(60);
    assert.equal(await poll(), 'authorization_pending');
  });

  it('is told who wants in, what for, from where, by which code, and that a code that was sent is a trap', async () => {
    const victim = await signInBrowser(server.issuer);
    const page = await victim.open(started.verification_uri);
    const { text } = await victim.submit(page, /device$/, { user_code: started.user_code });
    assert.match(text, /The tv wants to connect to your account/);
    assert.match(text, new RegExp(`>${started.user_code}<`));
    assert.match(text, /If somebody sent you this code, stop/);
    assert.match(text, /Asked from<\/dt><dd>(?:127\.0\.0\.1|::1)/);
    assert.match(text, /Read reports/);
    assert.match(text, /See your name and username/);
    assert.ok(findForm(text, /device$/).hidden.confirm, 'it can be gone on with');
    assert.match(text, /name="abort"/, 'and stopped');
  });

  it('asks for consent as every app does, with the name of who allows it', async () => {
    const victim = await signInBrowser(server.issuer);
    const page = await victim.open(started.verification_uri);
    const asked = await victim.submit(page, /device$/, { user_code: started.user_code });
    const consent = await victim.submit(asked, /device$/, { confirm: 'yes' });
    assert.match(consent.text, /action="[^"]*\/consent"/);
    assert.equal(await poll(), 'authorization_pending');
    assert.match((await victim.submit(consent, /consent$/)).text, /Your device is connected/);
    await server.clock.advance(10);
    assert.equal(await poll(), 'tokens');
  });

  it('is stopped by whoever says no, for good', async () => {
    const victim = await signInBrowser(server.issuer);
    const page = await victim.open(started.verification_uri);
    const asked = await victim.submit(page, /device$/, { user_code: started.user_code });
    await victim.submit(asked, /device$/, { abort: 'yes' });
    assert.equal(await poll(), 'access_denied');
    const again = await victim.submit(await victim.open(started.verification_uri), /device$/, {
      user_code: started.user_code,
    });
    assert.match(again.text, /used already/);
  });

  it('does not go on for longer than ten minutes', async () => {
    assert.equal(started.expires_in, 600);
    await server.clock.advance(600);
    const victim = createFormBrowser(server.issuer);
    const page = await victim.submit(await victim.open(started.verification_uri), /device$/, {
      user_code: started.user_code,
    });
    assert.match(page.text, /has expired|is not right/);
  });

  it('guesses no code: an address has a few tries, whatever browser and code it comes with', async () => {
    const answers: number[] = [];
    for (let tries = 0; tries < 12; tries += 1) {
      const guesser = createFormBrowser(server.issuer);
      const page = await guesser.open(started.verification_uri);
      const { response } = await guesser.submit(page, /device$/, { user_code: 'BCDF-GHJK' });
      answers.push(response.status);
      if (response.status === 429) assert.ok(Number(response.headers.get('retry-after')) > 0);
    }
    assert.deepEqual(answers, [...Array<number>(8).fill(422), ...Array<number>(4).fill(429)]);
    const letters = started.user_code.replace('-', '');
    assert.match(letters, /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/, '20 letters, 8 of them: 34 bits');
  });

  it('gives another app nothing for a code that it learned', async () => {
    const other = await createRelyingParty(server.issuer, shop);
    assert.notEqual(await poll(other), 'tokens');
    const victim = createFormBrowser(server.issuer);
    const page = await victim.open(started.verification_uri);
    const asked = await victim.submit(page, /device$/, { user_code: started.user_code });
    const signIn = await victim.submit(asked, /device$/, { confirm: 'yes' });
    await victim.submit(await victim.submit(signIn, /sign-in$/, ada), /consent$/);
    assert.notEqual(await poll(other), 'tokens');
    await server.clock.advance(20);
    assert.equal(await poll(), 'tokens');
  });
});
