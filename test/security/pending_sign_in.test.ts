import assert from 'node:assert/strict';
import { disableAccount, enableAccount } from '../../src/operations/disable_account.ts';
import { endAccountAccess } from '../../src/operations/end_account_access.ts';
import { setPasswordByOperator } from '../../src/operations/set_password.ts';
import { findAccountById } from '../../src/store/accounts.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import type { LoadedConfiguration } from '../../src/store/configuration.ts';
import type { Queryable } from '../../src/store/database.ts';
import { authorizationUrl, startAttackedServer } from '../support/attacked_server.ts';
import { createFormBrowser, findForm } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada } from '../support/example_configuration.ts';
import { waitForWaiting } from '../support/lock_wait.ts';
import { givePasskey, readPasskeyRequest } from '../support/passkeys.ts';
import type { TestServer } from '../support/server.ts';
import { createSoftAuthenticator } from '../support/soft_authenticator.ts';
import type { SoftAuthenticator } from '../support/soft_authenticator.ts';
import { sql } from '../support/sql.ts';

/** A thief proves the password, and keeps back the step that would begin a session with it. */
describe('a sign-in that was proved and has begun no session yet', () => {
  let server: TestServer;
  let device: SoftAuthenticator;
  let accountId: string;

  before(async () => {
    server = await startAttackedServer();
    device = createSoftAuthenticator(server.issuer);
    accountId = await givePasskey(server, ada.username, device);
  });
  after(() => server.stop());
  beforeEach(async () => {
    await sql(server.database, 'delete from sessions');
  });

  interface Pending {
    browser: FormBrowser;
    /** Where the session would begin. */
    next: URL;
  }

  async function prove(by: 'password' | 'passkey'): Promise<Pending> {
    const browser = createFormBrowser(server.issuer);
    const page = await browser.open(authorizationUrl(server.issuer));
    const form = findForm(page.text, by === 'password' ? /sign-in$/ : /passkey-login$/);
    const fields: Record<string, string> =
      by === 'password'
        ? { ...ada }
        : { credential: device.get(readPasskeyRequest(page.text, /passkey-login$/)) };
    const answer = await browser.request(new URL(form.action, page.url), {
      method: 'POST',
      body: new URLSearchParams({ ...form.hidden, ...fields }),
      headers: { origin: server.issuer },
    });
    assert.equal(answer.status, 303);
    return { browser, next: new URL(answer.headers.get('location') ?? '', page.url) };
  }

  const goOn = async ({ browser, next }: Pending) => await browser.open(next);
  const liveSessions = async () =>
    (await sql(server.database, 'select from sessions where account_id is not null and ended_at is null'))
      .length;
  const change = async (work: (tx: Queryable, configuration: LoadedConfiguration) => Promise<unknown>) =>
    await server.database.transaction(async (tx) => await work(tx, await loadConfiguration(tx)));

  async function assertRefused(pending: Pending): Promise<void> {
    const { url, response } = await goOn(pending);
    assert.equal(url.origin, new URL(server.issuer).origin, 'no code leaves');
    assert.equal(response.status, 403);
    assert.equal(await liveSessions(), 0);
    assert.deepEqual(
      await sql(server.database, 'select from authorization_codes where session_id is not null'),
      [],
    );
  }

  const endings: [
    what: string,
    end: (tx: Queryable, configuration: LoadedConfiguration) => Promise<unknown>,
  ][] = [
    [
      'another password',
      async (tx, configuration) => {
        const account = await findAccountById(tx, accountId);
        assert.ok(account);
        const wish = { account, password: `${ada.password} anew`, serviceName: 'Curfew' };
        const verdict = await setPasswordByOperator(tx, configuration, wish, { actor: 'operator' });
        assert.deepEqual(verdict, { set: true });
      },
    ],
    [
      'its owner, who signs out everywhere',
      (tx, configuration) => endAccountAccess(tx, configuration, accountId, 'signed_out', {}),
    ],
    [
      'an operator',
      (tx, configuration) => endAccountAccess(tx, configuration, accountId, 'ended_by_operator', {}),
    ],
    [
      'disabling it, though it is enabled again',
      async (tx, configuration) => {
        await disableAccount(tx, configuration, accountId, {});
        await enableAccount(tx, accountId, {});
      },
    ],
  ];
  for (const [what, end] of endings) {
    it(`begins none once all access of the account was ended by ${what}`, async () => {
      const password = await prove('password');
      const passkey = await prove('passkey');
      await change(end);
      await assertRefused(password);
      await assertRefused(passkey);
      await resetPassword();
    });
  }

  async function resetPassword(): Promise<void> {
    await server.apply({ users: [{ ...ada, roles: ['member'], email: 'ada@example.com', name: 'Ada' }] });
  }

  it('begins none when it comes in the very moment in which all access ends', async () => {
    const pending = await prove('password');
    let refused: Promise<void> | undefined;
    await change(async (tx, configuration) => {
      await endAccountAccess(tx, configuration, accountId, 'signed_out', {});
      refused = assertRefused(pending);
      await waitForWaiting(server.database, '%from accounts%for no key update%');
    });
    await refused;
  });

  it('begins one where nothing ended meanwhile, or only what was over', async () => {
    const [first, second] = [await prove('password'), await prove('passkey')];
    await change((tx, configuration) => endAccountAccess(tx, configuration, accountId, undefined, {}));
    for (const pending of [first, second]) assert.equal((await goOn(pending)).response.status, 200);
    assert.equal(await liveSessions(), 2);
  });
});
