import assert from 'node:assert/strict';
import { createFormBrowser } from '../support/browser.ts';
import type { FormBrowser } from '../support/browser.ts';
import { ada, exampleConfiguration, grace, shop } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { sql, sqlOne } from '../support/sql.ts';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const activity = '/account/activity';

describe('what happened to an account', () => {
  let server: TestServer;
  let browser: FormBrowser;

  beforeEach(async () => {
    server = await startTestServer(exampleConfiguration());
    browser = createFormBrowser(server.issuer, { userAgent: firefox });
  });
  afterEach(() => server.stop());

  async function visit(path = activity): Promise<string> {
    const first = await browser.open(path);
    if (first.url.pathname === path) return first.text;
    const wrong = await browser.submit(first, /sign-in$/, { username: ada.username, password: 'wrong' });
    return (await browser.submit(wrong, /sign-in$/, { ...ada })).text;
  }
  /** The sentences, each with what stands below it. */
  const listTold = (text: string): string[] =>
    [...text.matchAll(/<li><p>(.*?)<\/p>\s*<p class="soft">.*?<\/time><\/span>(.*?)<\/p>/gs)].map(
      ([, say = '', from = '']) => `${say}${from}`.replaceAll(/<[^>]*>/g, ''),
    );

  it('is told in plain words, the newest first, with browser and address', async () => {
    assert.deepEqual(listTold(await visit()).slice(0, 2), [
      'You signed in with your password. Firefox on Linux, 127.0.0.1',
      'A wrong password was tried. 127.0.0.x',
    ]);
    const party = await createRelyingParty(server.issuer, shop, browser);
    const tokens = await party.signIn(ada, { scope: 'openid offline_access', prompt: 'consent' });
    await party.refresh(tokens.refresh_token ?? '');
    assert.deepEqual(listTold(await visit()).slice(0, 2), [
      'The shop got access to your account. Firefox on Linux',
      'You allowed The shop to use your account. Firefox on Linux, 127.0.0.1',
    ]);
  });

  it("tells nothing of another account, and no operator's name or address", async () => {
    await visit();
    const { account_id: accountId } = await sqlOne<{ account_id: string }>(
      server.database,
      `select account_id from accounts where username = 'ada'`,
    );
    await sql(
      server.database,
      `insert into audit_events (name, account_id, address, detail) values
         ('account.roles_changed', $1, '198.51.100.9', '{"actor": "grace", "from": ["secret-role"], "to": []}'),
         ('recovery_code.used', $1, '198.51.100.9', '{"actor": "grace"}'),
         ('of.the.future', $1, '198.51.100.9', '{}')`,
      accountId,
    );
    const other = createFormBrowser(server.issuer);
    const page = await other.open(activity);
    const theirs = await other.submit(page, /sign-in$/, { ...grace });
    assert.equal(listTold(theirs.text).filter((told) => told.startsWith('You signed in')).length, 1);
    const text = await visit();
    assert.deepEqual(listTold(text).slice(0, 2), [
      'A recovery code was used.',
      'What you may do was changed by an operator.',
    ]);
    for (const hidden of ['198.51', 'grace', 'secret-role', 'of.the.future'])
      assert.ok(!text.includes(hidden), hidden);
  });

  it('goes on to older events by a link, and back, and shows each once', async () => {
    await visit();
    await sql(
      server.database,
      `insert into audit_events (name, account_id, detail)
       select 'lease.granted', a.account_id, jsonb_build_object('duration', n * 60)
       from accounts a, generate_series(1, 120) n where a.username = 'ada'`,
    );
    const told: string[] = [];
    let path: string | undefined = activity;
    const paths: string[] = [];
    while (path !== undefined && paths.length < 10) {
      paths.push(path);
      const text = await visit(path);
      told.push(...listTold(text));
      assert.equal(text.includes('>Newest</a>'), path !== activity);
      path = /href="(\/account\/activity\/[^"]+)">Older/.exec(text)?.[1];
    }
    assert.equal(paths.length, 3);
    const leases = told.filter((line) => line.includes('may work on'));
    assert.equal(leases.length, 120);
    assert.equal(new Set(leases).size, 120);
    assert.equal(told.filter((line) => line.startsWith('You signed in')).length, 1);
  });
});
