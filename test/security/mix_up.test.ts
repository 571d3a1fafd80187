import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { authorizationUrl, codeVerifier, startAttackedServer } from '../support/attacked_server.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { TestServer } from '../support/server.ts';

interface Metadata {
  issuer: string;
  authorization_response_iss_parameter_supported?: boolean;
  response_modes_supported: string[];
  response_types_supported: string[];
}

/** The app's library says what it misses. */
function isNotTaken(error: Error): boolean {
  assert.match((error.cause as Error).message, /"iss"/);
  return true;
}

/** An app takes the answer of one server for that of another. Each answer names who gives it (RFC 9207). */
describe('mix-up', () => {
  let server: TestServer;
  let metadata: Metadata;

  before(async () => {
    server = await startAttackedServer();
    const answer = await fetch(`${server.issuer}/.well-known/openid-configuration`);
    metadata = (await answer.json()) as Metadata;
  });
  after(() => server.stop());

  /** The parameters of an answer, by query, fragment, or the form that a page posts. */
  function readAnswer({ url, text }: { url: URL; text: string }): URLSearchParams {
    if (url.searchParams.has('iss')) return url.searchParams;
    if (url.hash) return new URLSearchParams(url.hash.slice(1));
    const fields = text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
    return new URLSearchParams(
      [...fields].map(([, name = '', value = '']): [string, string] => [name, value]),
    );
  }

  async function walk(parameters: Record<string, string>, end: RegExp): Promise<URLSearchParams> {
    const browser = createFormBrowser(server.issuer);
    let page = await browser.open(authorizationUrl(server.issuer, parameters));
    if (/action="[^"]*sign-in"/.test(page.text))
      page = await browser.submit(page, end.test('cancel') ? /cancel$/ : /sign-in$/, ada);
    if (/action="[^"]*\/consent"/.test(page.text)) page = await browser.submit(page, end);
    return readAnswer(page);
  }

  it('is met by a server that says so', () => {
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    assert.equal(metadata.issuer, server.issuer);
  });

  it('finds the issuer in every answer, however it comes', async () => {
    assert.ok(metadata.response_modes_supported.length >= 3);
    for (const response_mode of metadata.response_modes_supported) {
      const granted = await walk({ response_mode }, /consent$/);
      assert.ok(granted.get('code'), response_mode);
      assert.equal(granted.get('iss'), server.issuer, response_mode);
      const denied = await walk({ response_mode }, /cancel$/);
      assert.equal(denied.get('error'), 'access_denied', response_mode);
      assert.equal(denied.get('iss'), server.issuer, response_mode);
      const refused = await walk({ response_mode, prompt: 'none' }, /consent$/);
      assert.equal(refused.get('error'), 'login_required', response_mode);
      assert.equal(refused.get('iss'), server.issuer, response_mode);
    }
  });

  const faults: Record<string, string>[] = [
    { scope: 'unknown.scope openid', resource: 'https://nowhere.example' },
    { code_challenge_method: 'plain' },
    { response_type: 'token' },
    { prompt: 'none login' },
    { request: 'x' },
    { claims: '{' },
    { max_age: 'x' },
  ];
  for (const parameters of faults) {
    it(`finds it in the answer to ${JSON.stringify(parameters)}`, async () => {
      const answer = await walk({ ...parameters }, /consent$/);
      assert.ok(answer.get('error'));
      assert.equal(answer.get('iss'), server.issuer);
    });
  }

  it('fails where an app compares: a code of ours is no answer of another, and none of another is ours', async () => {
    const party = await createRelyingParty(server.issuer, { clientId: 'spa' });
    const pending = await party.authorize(ada);
    for (const iss of ['https://evil.example', `${server.issuer}/`, '']) {
      const url = new URL(pending.url);
      url.searchParams.set('iss', iss);
      await assert.rejects(party.exchange({ ...pending, url }), isNotTaken, iss);
    }
    const url = new URL(pending.url);
    url.searchParams.delete('iss');
    await assert.rejects(party.exchange({ ...pending, url }), isNotTaken, 'without it');
    assert.ok((await party.exchange(pending)).access_token);
  });

  it('gains no token with a code that an app took to the wrong server and whose verifier it keeps', async () => {
    const party = await createRelyingParty(server.issuer, { clientId: 'spa' });
    const pending = await party.authorize(ada);
    // What the attacker's server was sent: the code, and a verifier for another challenge.
    await assert.rejects(party.exchange({ ...pending, verifier: codeVerifier }), { error: 'invalid_grant' });
  });

  it('finds the audience in every ID token', async () => {
    const party = await createRelyingParty(server.issuer, { clientId: 'spa' });
    const claims = (await party.signIn(ada)).claims() as oidc.IDToken;
    assert.deepEqual([claims.iss, claims.aud], [server.issuer, 'spa']);
  });
});
