import assert from 'node:assert/strict';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada, shop } from '../support/example_configuration.ts';
import { countLiveTokens, listEvents } from '../support/gate.ts';
import { endProcesses } from '../support/process_curfew.ts';
import { createSharedDatabase } from '../support/process_database.ts';
import type { SharedDatabase } from '../support/process_database.ts';
import { prepareInstances, refreshAt } from '../support/process_instances.ts';
import type { Instance, Instances } from '../support/process_instances.ts';
import { createRelyingParty, redirectUri } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { sql } from '../support/sql.ts';

const offline = { scope: 'openid offline_access', prompt: 'consent' };

describe('two curfew dev over one database', function shared() {
  this.timeout(120_000);
  let stored: SharedDatabase;
  let instances: Instances;
  let first: Instance;
  let second: Instance;
  let party: RelyingParty;
  let token: string;

  before(async () => {
    stored = await createSharedDatabase();
    instances = await prepareInstances(stored.url);
  });
  after(async () => {
    await endProcesses();
    await instances.remove();
    await stored.drop();
  });

  it('start at the same moment on an empty database, and both become ready', async () => {
    [first, second] = await Promise.all([instances.start(), instances.start()]);
    for (const { issuer, origin } of [first, second]) {
      assert.equal(issuer, instances.issuer);
      assert.equal((await fetch(`${origin}/readyz`)).status, 200);
    }
    const keys = await Promise.all([first, second].map(({ origin }) => readJson(`${origin}/jwks`)));
    assert.deepEqual(keys[0], keys[1], 'they sign with the same keys');
    const accounts = await sql(stored.database, 'select username from accounts');
    assert.deepEqual(accounts, [{ username: 'ada' }]);
  });

  it('know each other’s sessions by the same cookies', async () => {
    party = await createRelyingParty(instances.issuer, shop);
    token = (await party.signIn(ada, offline)).refresh_token ?? '';
    const query = new URLSearchParams({
      client_id: shop.clientId,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: redirectUri,
      prompt: 'none',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    });
    const silent = `${second.origin}/auth?${query.toString()}`;
    const known = await party.browser.request(silent);
    assert.ok(new URL(known.headers.get('location') ?? '').searchParams.get('code'), 'signed in there too');
    const stranger = await createFormBrowser(second.origin).request(silent);
    const error = new URL(stranger.headers.get('location') ?? '').searchParams.get('error');
    assert.equal(error, 'login_required');
  });

  it('go on with a sign-in that began at the other', async () => {
    const browser = createFormBrowser(first.origin);
    const elsewhere = await createRelyingParty(instances.issuer, shop, browser);
    const form = await browser.open(`${first.origin}/auth?${await authorizationQuery()}`);
    const atSecond = { ...form, url: new URL(form.url.href.replace(first.origin, second.origin)) };
    const action = /sign-in$/;
    const done = await browser.submit(
      { ...atSecond, text: form.text.replaceAll(first.origin, second.origin) },
      action,
      ada,
    );
    assert.ok(done.response.status < 400 || done.url.searchParams.has('code'), done.text.slice(0, 500));
    assert.ok(elsewhere.browser.cookie('_session') ?? true);
  });

  it('refresh each other’s tokens', async () => {
    for (const { origin } of [second, first, second]) {
      const answer = await refreshAt(origin, token);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.notEqual(answer.refreshToken, token);
      token = answer.refreshToken;
    }
  });

  it('give 50 simultaneous refreshes of one token one and the same successor', async () => {
    const before = await countByName(stored);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => refreshAt((index % 2 ? first : second).origin, token)),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const [successor = '', ...others] = new Set(answers.map(({ refreshToken }) => refreshToken));
    assert.deepEqual(others, []);
    const live = await sql<{ token_hash: Buffer }>(
      stored.database,
      `select token_hash from refresh_tokens t join families f using (family_id)
       where t.rotated_at is null and f.ended_at is null and f.family_id =
         (select family_id from refresh_tokens where token_hash = $1)`,
      hashToken(token),
    );
    assert.deepEqual(live, [{ token_hash: hashToken(successor) }]);
    const after = await countByName(stored);
    assert.equal((after['refresh.granted'] ?? 0) - (before['refresh.granted'] ?? 0), 1);
    assert.equal((after['refresh.retried'] ?? 0) - (before['refresh.retried'] ?? 0), 49);
    assert.equal((await refreshAt(first.origin, successor)).status, 200);
  });
});

async function readJson(url: string): Promise<unknown> {
  return await (await fetch(url)).json();
}
