import assert from 'node:assert/strict';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { createFormBrowser } from '../support/browser.ts';
import { ada, exampleConfiguration, grace, shop, spa } from '../support/example_configuration.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { waitUntil } from '../support/process_wait.ts';
import { sql, sqlOne } from '../support/sql.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

describe('rate limits', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer({
      ...exampleConfiguration(),
      rate_limits: {
        sign_in_account: { most: 3, seconds: 60 },
        sign_in_address: { most: 12, seconds: 60 },
        sign_in_network: { most: 30, seconds: 60 },
        token_address: { most: 5, seconds: 60 },
        token_client: { most: 3, seconds: 60 },
        introspection_address: { most: 3, seconds: 60 },
      },
    });
    await server.clock.stop();
  });
  afterEach(() => server.stop());

  const authorizeUrl = () =>
    `${server.issuer}/auth?${new URLSearchParams({
      client_id: 'shop',
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:9/callback',
      scope: 'openid',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    }).toString()}`;

  async function signIn(
    username: string,
    password: string,
  ): Promise<{ status: number; text: string; retry: string | null }> {
    const browser = createFormBrowser(server.issuer);
    const page = await browser.open(authorizeUrl());
    const done = await browser.submit(page, /sign-in$/, { username, password });
    return { status: done.response.status, text: done.text, retry: done.response.headers.get('retry-after') };
  }

  it('make whoever guesses a password wait, and let other accounts be', async () => {
    for (let tries = 0; tries < 3; tries += 1) assert.equal((await signIn('ada', 'wrong')).status, 422);
    const blocked = await signIn('ADA', ada.password);
    assert.equal(blocked.status, 429);
    assert.ok(Number(blocked.retry) > 0 && Number(blocked.retry) <= 60);
    assert.match(blocked.text, /You can try again in/);
    assert.notEqual((await signIn(grace.username, grace.password)).status, 429);
    await server.clock.advance(61);
    assert.notEqual((await signIn('ada', ada.password)).status, 429);
  });

  it('tell the trail once a window whom they refuse, however often and of whatever name', async () => {
    const listRefusals = async () =>
      await sql<{ account_id: string | null; address: string | null; kind: string }>(
        server.database,
        `select account_id, address, detail ->> 'kind' as kind from audit_events
         where name = 'rate_limit.exceeded' order by event_id`,
      );
    const { account_id } = await sqlOne<{ account_id: string }>(
      server.database,
      `select account_id from accounts where username = 'ada'`,
    );
    const ofAda = { account_id, address: null, kind: 'sign_in_account' };
    for (let tries = 0; tries < 3; tries += 1) await signIn('ada', 'wrong');
    assert.deepEqual(await listRefusals(), []);
    for (let tries = 0; tries < 4; tries += 1) assert.equal((await signIn('ada', 'wrong')).status, 429);
    await waitUntil(async () => (await listRefusals()).length > 0, 'no refusal is in the trail');
    for (let tries = 0; tries < 8; tries += 1) await signIn('stranger', 'wrong');
    await waitUntil(async () => (await listRefusals()).length > 2, 'the address is not in the trail');
    assert.deepEqual(await listRefusals(), [
      ofAda,
      { account_id: null, address: null, kind: 'sign_in_account' },
      { account_id: null, address: '127.0.0.1', kind: 'sign_in_address' },
    ]);
    await server.clock.advance(61);
    for (let tries = 0; tries < 5; tries += 1) await signIn('ada', 'wrong');
    await waitUntil(async () => (await listRefusals()).length > 3, 'the next window is not in the trail');
    assert.deepEqual((await listRefusals()).slice(3), [ofAda]);
  });

  it('let no number of simultaneous guesses past', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn('ada', 'wrong')));
    assert.equal(answers.filter(({ status }) => status === 422).length, 3);
  });

  it('forget wrong passwords after a right one', async () => {
    for (let round = 0; round < 2; round += 1) {
      for (let tries = 0; tries < 2; tries += 1) assert.equal((await signIn('ada', 'wrong')).status, 422);
      assert.notEqual((await signIn('ada', ada.password)).status, 429);
    }
  });

  it('hold one address to its share of sign-ins, over all accounts', async () => {
    for (let tries = 0; tries < 12; tries += 1) await signIn(`nobody-${tries}`, 'wrong');
    const blocked = await signIn(grace.username, grace.password);
    assert.equal(blocked.status, 429);
    assert.match(blocked.text, /Too many attempts/);
  });

  it('hold a network to its share, whatever its addresses', async () => {
    await server.stop();
    server = await startTestServer({
      ...exampleConfiguration(),
      rate_limits: { sign_in_network: { most: 2, seconds: 60 } },
    });
    for (const status of [422, 422, 429]) assert.equal((await signIn('nobody', 'wrong')).status, status);
    const listRefused = () =>
      sql<{ address: string }>(
        server.database,
        `select address from audit_events where name = 'rate_limit.exceeded' and detail ->> 'kind' = 'sign_in_network'`,
      );
    await waitUntil(async () => (await listRefused()).length > 0, 'no refusal is in the trail');
    assert.deepEqual(await listRefused(), [{ address: '127.0.0.0/24' }]);
  });

  const unknown = (party: RelyingParty) =>
    party.token({ grant_type: 'refresh_token', refresh_token: 'x'.repeat(43) });

  it('count unknown tokens against a confidential client, never against a public one', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    for (let tries = 0; tries < 3; tries += 1) assert.equal((await unknown(party)).status, 400);
    const blocked = await unknown(party);
    assert.equal(blocked.status, 429);
    assert.equal(blocked.body.error, 'too_many_requests');
    assert.ok(blocked.headers.get('retry-after'));
    await server.clock.advance(61);
    const open = await createRelyingParty(server.issuer, spa);
    for (let tries = 0; tries < 5; tries += 1) assert.equal((await unknown(open)).status, 400);
    const counted = await server.database.query(
      { name: 'test_rate_key', text: 'select 1 from rate_counts where key_hash = $1' },
      [hashToken('token_client:spa')],
    );
    assert.equal(counted.length, 0);
  });

  it('cost a refresh that passes nothing', async () => {
    const party = await createRelyingParty(server.issuer, shop);
    let tokens = await party.signIn(ada);
    for (let tries = 0; tries < 10; tries += 1) tokens = await party.refresh(tokens.refresh_token ?? '');
    const rows = await server.database.query({ name: 'test_rates', text: 'select 1 from rate_counts' });
    assert.equal(rows.length, 2, 'only the sign-in was counted, by address and network');
  });

  it('hold back introspection by clients that are not who they say', async () => {
    const ask = () =>
      fetch(`${server.issuer}/token/introspection`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('shop:wrong')}` },
        body: new URLSearchParams({ token: 'x' }),
      });
    for (let tries = 0; tries < 3; tries += 1) assert.equal((await ask()).status, 401);
    assert.equal((await ask()).status, 429);
  });
});
