import assert from 'node:assert/strict';
import { authorizationUrl, codeVerifier, startAttackedServer } from '../support/attacked_server.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada, grace, portal, shop, spa } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { PendingCode, RelyingParty } from '../support/relying_party.ts';
import type { TestServer } from '../support/server.ts';

/** A stolen code is put into another app, another browser's answer, or the attacker's own request for tokens. */
describe('code injection', () => {
  let server: TestServer;

  before(async () => {
    server = await startAttackedServer();
  });
  after(() => server.stop());

  const fields = ({ url, verifier }: PendingCode) => ({
    grant_type: 'authorization_code',
    code: url.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });

  type Fields = Record<string, string | undefined>;
  const attempts: [what: string, change: (right: Fields) => Fields, error?: string][] = [
    ['another verifier', (right) => ({ ...right, code_verifier: codeVerifier })],
    ['no verifier', (right) => ({ ...right, code_verifier: undefined })],
    ['an empty verifier', (right) => ({ ...right, code_verifier: '' })],
    ['a verifier cut short', (right) => ({ ...right, code_verifier: right.code_verifier?.slice(0, -1) })],
    [
      'another case of the verifier',
      (right) => ({ ...right, code_verifier: right.code_verifier?.toUpperCase() }),
    ],
    ['another address', (right) => ({ ...right, redirect_uri: 'http://127.0.0.1:9/other' })],
    ['another code', (right) => ({ ...right, code: 'A'.repeat(43) })],
    ['another case of the code', (right) => ({ ...right, code: right.code?.toLowerCase() })],
    ['the code as a refresh token', ({ code }) => ({ grant_type: 'refresh_token', refresh_token: code })],
    [
      'the code as a device code',
      ({ code }) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: code }),
    ],
  ];

  for (const app of [shop, spa]) {
    describe(`of ${app.clientId}`, () => {
      let party: RelyingParty;
      before(async () => {
        party = await createRelyingParty(server.issuer, app);
      });

      for (const [what, change] of attempts) {
        it(`gains nothing with ${what}, and burns nothing`, async () => {
          const pending = await party.authorize(ada);
          const sent = Object.entries(change(fields(pending))).filter(([, value]) => value !== undefined);
          const answer = await party.token(new URLSearchParams(sent as [string, string][]));
          assert.equal(answer.status, 400);
          assert.ok(
            ['invalid_grant', 'invalid_request', 'unauthorized_client'].includes(String(answer.body.error)),
            JSON.stringify(answer.body),
          );
          assert.ok(!('access_token' in answer.body));
          assert.ok((await party.exchange(pending)).access_token, 'its own app still may');
        });
      }

      it('gains nothing in another app, which is told what it is told of codes that never were', async () => {
        const pending = await party.authorize(ada);
        for (const other of [portal, app === shop ? spa : shop]) {
          const thief = await createRelyingParty(server.issuer, other);
          const stolen = await thief.token(fields(pending));
          const unknown = await thief.token({ ...fields(pending), code: 'A'.repeat(43) });
          assert.deepEqual([stolen.status, stolen.body], [400, unknown.body]);
          assert.equal(stolen.body.error, 'invalid_grant');
        }
        assert.ok((await party.exchange(pending)).access_token);
      });

      it('gains nothing in the answer that another browser waits for', async () => {
        const stolen = await party.authorize(ada);
        const own = await party.authorize(grace);
        const url = new URL(own.url);
        url.searchParams.set('code', stolen.url.searchParams.get('code') ?? '');
        await assert.rejects(party.exchange({ ...own, url }), { error: 'invalid_grant' });
        assert.ok((await party.exchange(stolen)).access_token);
      });

      it('ends what a code gave when it comes a second time, right in all else', async () => {
        const pending = await party.authorize(ada);
        const tokens = await party.exchange(pending);
        await assert.rejects(party.exchange(pending), { error: 'invalid_grant' });
        await assert.rejects(party.refresh(tokens.refresh_token ?? ''), { error: 'invalid_grant' });
        assert.ok((await listEvents(server.database)).some(({ detail }) => detail.reason === 'code_reused'));
      });
    });
  }

  const downgrades: Record<string, string | undefined>[] = [
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge_method: 'plain' },
    { code_challenge_method: undefined },
    { code_challenge: '' },
    { code_challenge: 'short' },
  ];
  for (const parameters of downgrades) {
    it(`is not prepared by a request with ${JSON.stringify(Object.entries(parameters))}`, async () => {
      const browser = createFormBrowser(server.issuer);
      const { url } = await browser.open(authorizationUrl(server.issuer, parameters));
      assert.equal(url.searchParams.get('error'), 'invalid_request');
      assert.equal(url.searchParams.get('code'), null);
    });
  }
});
