import assert from 'node:assert/strict';
import { issuePasswordLink } from '../../src/operations/issue_password_link.ts';
import { authorizationUrl } from '../support/attacked_server.ts';
import { createFormBrowser } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { readPasskeyRequest } from '../support/passkeys.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { createSoftAuthenticator } from '../support/soft_authenticator.ts';
import { sqlOne } from '../support/sql.ts';

const password = 'tin kettle moss fern';
const chosen = 'harbour lamp fern moss';
const needed = /You need an invitation first/;

describe('a policy that wants an invitation before the first second factor', () => {
  let server: TestServer;
  let browser: FormBrowser;
  let username: string;
  let people = 0;

  before(async () => {
    const configuration = exampleConfiguration();
    const invited = { enrolment: 'invited' as const, mfa_max_age: 600 };
    const named = (name: string) => [name, { name, policy: name }] as const;
    server = await startTestServer({
      ...configuration,
      users: [],
      policies: new Map([
        ...configuration.policies,
        ['free', { baselines: [], limits: { ...invited, mfa: 'none' } }],
        ['asked', { baselines: [], limits: { ...invited, mfa: 'always' } }],
        ['keys', { baselines: [], limits: { ...invited, mfa: 'always', mfa_phishing_resistant: true } }],
      ]),
      roles: new Map([...(configuration.roles ?? []), named('free'), named('asked'), named('keys')]),
    });
  });
  after(() => server.stop());
  afterEach(() => server.clock.reset());

  async function addPerson(role: string): Promise<void> {
    people += 1;
    username = `person-${people}`;
    await server.apply({ users: [{ username, password, roles: [role] }] });
    browser = createFormBrowser(server.issuer);
  }
  const signIn = async (word = password) =>
    await browser.submit(await browser.open('/account'), /sign-in$/, { username, password: word });

  /** A link that an operator gave out, or one that anybody may have asked for, and the password chosen with it. */
  async function useLink(byOperator: boolean): Promise<void> {
    const { account_id: accountId } = await sqlOne<{ account_id: string }>(
      server.database,
      'select account_id from accounts where username = $1',
      username,
    );
    const link = await server.database.transaction((tx) =>
      issuePasswordLink(tx, { accountId, purpose: 'forgotten', byOperator }, {}),
    );
    browser = createFormBrowser(server.issuer);
    await browser.open(`/set-password?token=${link?.token}`);
    const page = await browser.open('/set-password');
    await browser.submit(page, /set-password$/, { new_password: chosen });
  }

  it('lets nobody set one up on the way to an app who has the password alone', async () => {
    await addPerson('asked');
    const page = await signIn();
    assert.equal(page.response.status, 403);
    assert.match(page.text, needed);
    assert.doesNotMatch(page.text, /otpauth:/);

    browser = createFormBrowser(server.issuer);
    const asked = await browser.open(authorizationUrl(server.issuer, {}));
    const stopped = await browser.submit(asked, /sign-in$/, { username, password });
    assert.match(stopped.text, needed);
    const left = await browser.submit(stopped, /cancel$/);
    assert.equal(left.url.searchParams.get('error'), 'access_denied');
  });

  it('nor a passkey, where only one will do', async () => {
    await addPerson('keys');
    const page = await signIn();
    assert.equal(page.response.status, 403);
    assert.match(page.text, needed);
  });

  it('nor on the account pages', async () => {
    await addPerson('free');
    await signIn();
    for (const what of ['apps', 'passkeys']) {
      const page = await browser.open(`/account/security/${what}/new`);
      assert.equal(page.response.status, 403, what);
      assert.match(page.text, needed, what);
    }
  });

  it('lets those who came by an operator’s link, for an hour', async () => {
    await addPerson('asked');
    await useLink(true);
    assert.match((await signIn(chosen)).text, /otpauth:/);
    await server.clock.advance(3600);
    browser = createFormBrowser(server.issuer);
    assert.match((await signIn(chosen)).text, needed);
  });

  it('and not those who asked for one by mail', async () => {
    await addPerson('asked');
    await useLink(false);
    assert.match((await signIn(chosen)).text, needed);
  });

  it('takes the passkey of who was invited', async () => {
    await addPerson('keys');
    await useLink(true);
    const page = await signIn(chosen);
    const isEnrolling = /\/enrol-passkey$/;
    const device = createSoftAuthenticator(server.issuer);
    const credential = device.create(readPasskeyRequest(page.text, isEnrolling));
    const done = await browser.submit(page, isEnrolling, { credential });
    assert.equal(done.response.status, 200);
    assert.doesNotMatch(done.text, needed);
  });
});
