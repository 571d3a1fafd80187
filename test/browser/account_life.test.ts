import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { refreshTokenGrant } from 'openid-client';
import type { Page } from 'playwright-core';
import { passwordLinkUrl } from '../../src/domain/password_links.ts';
import { issuePasswordLink } from '../../src/operations/issue_password_link.ts';
import { findAccountByUsername } from '../../src/store/accounts.ts';
import { listFaults } from '../support/chromium_faults.ts';
import { enrol, enterCode, press, signIn } from '../support/chromium_pages.ts';
import { openScene, sensitive } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import { listEvents } from '../support/gate.ts';
import { totpCode } from '../support/totp.ts';
import { addVirtualAuthenticator } from '../support/virtual_authenticator.ts';

const mfa = 'urn:curfew:acr:mfa';

describe('the life of an account', () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.closePages());
  after(() => scene.close());

  async function invite(username: string): Promise<string> {
    const found = await findAccountByUsername(scene.server.database, username);
    const accountId = found?.account.accountId ?? '';
    const link = await scene.server.database.transaction((tx) =>
      issuePasswordLink(tx, { accountId, purpose: 'invitation', byOperator: true }, {}),
    );
    return passwordLinkUrl(scene.server.issuer, link ?? { token: '' });
  }

  it('goes from an invitation through a lost phone to a new one, and every page on the way is without fault', async () => {
    const { client, server } = scene;
    const { username } = await scene.addPerson('admin');
    const person = { username, password: 'harbour lamp fern moss' };
    const security = `${server.issuer}/account/security`;
    const faults: string[] = [];
    const look = async (page: Page, title: string) => {
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      faults.push(...(await listFaults(page, title)));
    };
    const finish = async (page: Page) => await client.exchange(await client.awaitReturn(page));
    // Begin at the start of a time step, so that none ends in the middle.
    const nextStep = () => server.clock.advance(30 - ((Date.now() / 1000) % 30));

    // Invited, and a password is chosen.
    const laptop = await scene.openPage({ bypassCSP: true });
    await laptop.goto(await invite(username));
    await look(laptop, 'Choose your password');
    await laptop.getByLabel('New password').fill(person.password);
    await press(laptop, 'Set password');
    await look(laptop, 'Your password is set');
    await laptop.getByRole('link', { name: 'Sign in' }).click();
    await look(laptop, 'Sign in to Curfew');
    await signIn(laptop, person);
    await look(laptop, 'Your account');

    // An app on the phone, with recovery codes to keep.
    await laptop.goto(security);
    await look(laptop, 'How you sign in');
    await nextStep();
    await laptop.getByRole('link', { name: 'Set up an app' }).click();
    await look(laptop, 'Set up your authenticator app');
    await laptop.getByLabel('Name of the device').fill('Phone');
    const { secret, recoveryCodes } = await enrol(laptop);
    assert.equal(recoveryCodes.length, 10);
    await look(laptop, 'Save your recovery codes');
    await laptop.getByRole('link', { name: 'I have saved them' }).click();

    // A passkey in this browser; it is the second factor as well as the code is.
    const authenticator = await addVirtualAuthenticator(laptop);
    await laptop.getByRole('link', { name: 'Add a passkey' }).click();
    await look(laptop, 'Add a passkey');
    await laptop.getByLabel('Name of the passkey').fill('Laptop');
    await press(laptop, 'Create a passkey');
    await laptop.getByRole('heading', { name: 'Laptop', level: 3 }).waitFor();
    await look(laptop, 'How you sign in');
    assert.equal(await authenticator.countCredentials(), 1);
    await client.goToIssuer(laptop, { ...sensitive, prompt: 'consent' });
    await look(laptop, 'Enter your code');
    await press(laptop, 'Use a passkey instead');
    await look(laptop, 'Allow Corner Shop to use your account?');
    await press(laptop, 'Allow');
    const before = await finish(laptop);
    assert.equal(decodeJwt(before.access_token).acr, mfa);

    // Phone and laptop are gone. Somewhere else the password alone does not do.
    await server.clock.advance(60);
    const elsewhere = await scene.openPage({ bypassCSP: true });
    await client.goToIssuer(elsewhere, sensitive);
    await signIn(elsewhere, person);
    await look(elsewhere, 'Enter your code');
    await enterCode(elsewhere, totpCode(secret) === '000000' ? '000001' : '000000');
    await look(elsewhere, 'Enter your code');
    await elsewhere.getByRole('link', { name: 'Use a recovery code' }).click();
    await look(elsewhere, 'Use a recovery code');
    await elsewhere.getByLabel('Recovery code').fill(recoveryCodes[3] ?? '');
    await press(elsewhere, 'Continue');

    // A new app takes the place of what was lost.
    await look(elsewhere, 'Set up your authenticator app');
    const renewed = await enrol(elsewhere);
    assert.notEqual(renewed.secret, secret);
    await look(elsewhere, 'Save your recovery codes');
    await press(elsewhere, 'I have saved them — continue');
    assert.equal(decodeJwt((await finish(elsewhere)).access_token).acr, mfa);
    await elsewhere.goto(security);
    await look(elsewhere, 'How you sign in');
    assert.equal(await elsewhere.getByRole('heading', { name: 'Laptop', level: 3 }).count(), 0);
    assert.match(await elsewhere.locator('main').innerText(), /10 left\./);

    // What was lost opens nothing any more, and the trail has the whole life.
    const state = await laptop.request.get(`${server.issuer}/session`);
    assert.equal(((await state.json()) as { active: boolean }).active, false);
    const refreshing = refreshTokenGrant(client.config, before.refresh_token ?? '');
    await assert.rejects(refreshing, { error: 'invalid_grant' });
    assert.deepEqual(faults, []);
    const names = (await listEvents(server.database)).map(({ name }) => name);
    const told = [
      'password_link.issued',
      'password.set',
      'factor.enrolled',
      'recovery_code.used',
      'account.factors_removed',
    ];
    for (const name of told) assert.ok(names.includes(name), `${name} among ${names.join(', ')}`);
  });
});
