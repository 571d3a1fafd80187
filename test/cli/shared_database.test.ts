import assert from 'node:assert/strict';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada, shop } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
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

  it('sign somebody in together: a session of one is a session of the other', async () => {
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
    for (const { origin } of [first, second]) {
      const silent = `${origin}/auth?${query.toString()}`;
      assert.ok(readAnswer(await party.browser.request(silent)).has('code'), 'the cookies hold here too');
      const stranger = createFormBrowser(instances.issuer);
      assert.equal(readAnswer(await stranger.request(silent)).get('error'), 'login_required');
    }
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
    // What comes later than two seconds would be counted, and this may be a slow machine.
    await sql(
      stored.database,
      `do $do$ begin execute format(
         'create or replace function curfew_now() returns timestamptz language sql volatile as %L',
         format('select %L::timestamptz', clock_timestamp())
       ); end $do$`,
    );
    const names = async () => (await listEvents(stored.database)).map(({ name }) => name);
    const before = (await names()).length;
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
    const events = (await names()).slice(before).toSorted();
    assert.deepEqual(events, ['refresh.granted', ...Array<string>(49).fill('refresh.retried')]);
    assert.equal((await refreshAt(first.origin, successor)).status, 200);
  });
});

async function readJson(url: string): Promise<unknown> {
  return await (await fetch(url)).json();
}

function readAnswer(response: Response): URLSearchParams {
  return new URL(response.headers.get('location') ?? '').searchParams;
}
