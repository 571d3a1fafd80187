import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WWWAuthenticateChallengeError, fetchProtectedResource } from 'openid-client';
import type { WWWAuthenticateChallengeParameters } from 'openid-client';
import type { Page } from 'playwright-core';
import { createRequestHandler } from '../../examples/api/request_handler.ts';
import type { Authenticator } from '../support/browser.ts';
import { enrol, enterCode, heading, press, signIn } from '../support/chromium_pages.ts';
import { openScene } from '../support/chromium_scene.ts';
import type { Scene } from '../support/chromium_scene.ts';
import type { Tokens } from '../support/relying_party.ts';
import { totpCode } from '../support/totp.ts';

const scope = 'openid payments.write';
const maxAge = 120;

describe('an API that asks for a second factor', () => {
  let api: Server;
  let resource: string;
  let scene: Scene;
  let challenges: WWWAuthenticateChallengeParameters[];

  before(async () => {
    api = createServer();
    api.listen(0, 'localhost');
    await once(api, 'listening');
    resource = `http://localhost:${(api.address() as AddressInfo).port}`;
    // To the authorization server the scope is like any other: what it takes, the API alone decides.
    const payments = { name: 'payments.write', description: 'Move money', roles: ['admin'] };
    scene = await openScene({
      change: (configuration) => ({
        ...configuration,
        scopes: new Map([[payments.name, payments]]),
        resources: new Map([[resource, { identifier: resource, scopes: [payments.name] }]]),
      }),
    });
    // In this process, so that it sees the clock that the test moves.
    api.on('request', createRequestHandler({ issuer: scene.server.issuer, resource, maxAge }));
  });
  beforeEach(() => {
    challenges = [];
  });
  afterEach(() => scene.closePages());
  after(async () => {
    await scene.close();
    api.closeAllConnections();
    api.close();
  });

  const finish = async (page: Page) => await scene.client.exchange(await scene.client.awaitReturn(page));
  const send = ({ access_token: token }: Tokens) =>
    fetchProtectedResource(scene.client.config, token, new URL('/payments', resource), 'POST');

  /** Pay; if the API challenges, do as it says with the user's help, and try once more. The tokens that served. */
  async function pay(page: Page, tokens: Tokens, prove: () => Promise<void>): Promise<Tokens> {
    try {
      assert.equal((await send(tokens)).status, 200);
      return tokens;
    } catch (error) {
      if (!(error instanceof WWWAuthenticateChallengeError)) throw error;
      const { acr_values: acrValues = '', max_age: age = '', ...rest } = error.cause[0]?.parameters ?? {};
      assert.equal(rest.error, 'insufficient_user_authentication');
      challenges.push({ ...rest, acr_values: acrValues, max_age: age });
      await scene.client.goToIssuer(page, { resource, scope, acr_values: acrValues, max_age: age });
      await prove();
      const better = await finish(page);
      assert.equal((await send(better)).status, 200);
      return better;
    }
  }

  it('lets a client through that steps its user up, as long as the proof is recent', async () => {
    const person = await scene.addPerson('admin');
    const page = await scene.openPage();
    await scene.client.goToIssuer(page, { resource, scope });
    await signIn(page, person);
    await press(page, 'Allow');
    const first = await finish(page);

    let authenticator: Authenticator | undefined;
    const second = await pay(page, first, async () => {
      assert.equal(await heading(page), 'Set up your authenticator app', 'the password is not asked for');
      assert.match(await page.locator('main').innerText(), /Corner Shop asks you to confirm it's you/);
      authenticator = await enrol(page);
      await press(page, 'I have saved them — continue');
    });
    assert.deepEqual(challenges, [
      {
        error: 'insufficient_user_authentication',
        error_description: 'A second factor must have been proved more recently',
        resource_metadata: `${resource}/.well-known/oauth-protected-resource`,
        acr_values: 'urn:curfew:acr:mfa',
        max_age: '120',
      },
    ]);

    await scene.server.clock.advance(maxAge - 30);
    await pay(page, second, () => assert.fail('The proof is recent.'));
    await scene.server.clock.advance(31);
    const third = await pay(page, second, async () => {
      assert.equal(await heading(page), 'Enter your code');
      const text = await page.locator('main').innerText();
      assert.match(text, /Corner Shop asks you to confirm it's you with a second factor\./);
      await enterCode(page, totpCode(authenticator?.secret ?? ''));
    });
    assert.equal(challenges.length, 2);
    await pay(page, third, () => assert.fail('The proof is recent.'));
  });
});
