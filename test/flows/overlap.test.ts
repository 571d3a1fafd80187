import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { withdrawConsent } from '../../src/operations/withdraw_consent.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { api, ada, exampleConfiguration, shop, spa } from '../support/example_configuration.ts';
import { assertRefused, countLiveTokens, findFamilies, listEvents } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty, Tokens } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const offline = { scope: 'openid offline_access reports.read', prompt: 'consent', resource: api };

describe('a refresh token used more than once', () => {
  let server: TestServer;
  let party: RelyingParty;

  beforeEach(async () => {
    server = await startTestServer(exampleConfiguration());
    await server.clock.stop();
    party = await createRelyingParty(server.issuer, shop);
  });
  afterEach(() => server.stop());

  const refresh = (tokens: Pick<Tokens, 'refresh_token'>, more: Record<string, string> = {}) =>
    party.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', ...more });

  async function setOverlap(seconds: number): Promise<void> {
    const { policies } = exampleConfiguration();
    const member = policies.get('member');
    const limits = { ...member?.limits, refresh_overlap: seconds };
    await server.apply({ policies: new Map([...policies, ['member', { limits, baselines: [] }]]) });
  }

  it('gives 100 simultaneous refreshes one and the same living successor, ten rounds long', async () => {
    let current: Pick<Tokens, 'refresh_token'> = await party.signIn(ada, offline);
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(current)));
      assert.deepEqual(countBy(answers.map(({ status }) => status)), { 200: 100 });
      const successors = new Set(answers.map(({ body }) => body.refresh_token));
      assert.equal(successors.size, 1);
      assert.equal(new Set(answers.map(({ body }) => body.access_token)).size, 100);
      assert.equal(await countLiveTokens(server.database), 1);
      current = { refresh_token: String([...successors][0]) };
    }
    const names = countBy((await listEvents(server.database)).map(({ name }) => name));
    assert.equal(names['refresh.granted'], 10);
    assert.equal(names['refresh.retried'], 990);
    await party.refresh(current.refresh_token ?? '');
  });

  it('lets one of 100 through without an overlap, and ends the family once, ten rounds long', async () => {
    await setOverlap(0);
    for (let round = 0; round < 10; round += 1) {
      const first = await party.signIn(ada, offline);
      const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(first)));
      assert.deepEqual(countBy(answers.map(({ status }) => status)), { 200: 1, 400: 99 });
      const refused = answers.filter(({ status }) => status === 400);
      assert.ok(refused.every(({ body }) => String(body.error_description).startsWith('reuse_detected: ')));
      const winner = answers.find(({ status }) => status === 200);
      await assertRefused(party, { refresh_token: String(winner?.body.refresh_token) }, 'reuse_detected');
    }
    assert.equal(await countLiveTokens(server.database), 0);
    const events = await listEvents(server.database);
    assert.equal(events.filter(({ name }) => name === 'family.ended').length, 10);
    assert.ok(
      (await findFamilies(server.database)).every((family) => family.end_reason === 'reuse_detected'),
    );
  });

  it('serves a retry until the overlap is over, counted from the first use', async () => {
    const first = await party.signIn(ada, offline);
    const second = await refresh(first);
    await server.clock.advance(9);
    const retried = await refresh(first);
    assert.equal(retried.body.refresh_token, second.body.refresh_token);
    assert.ok(Number(retried.body.refresh_token_timeout) <= 1791, 'its deadlines are the true, shorter ones');
    await server.clock.advance(1);
    await assertRefused(party, first, 'reuse_detected');
    await assertRefused(party, { refresh_token: String(second.body.refresh_token) }, 'reuse_detected');
  });

  it('serves five counted retries and takes the sixth for reuse', async () => {
    const first = await party.signIn(ada, offline);
    await refresh(first);
    for (let early = 0; early < 10; early += 1)
      assert.equal((await refresh(first)).status, 200, 'the first 2 s are free');
    await server.clock.advance(2);
    for (let late = 0; late < 5; late += 1) assert.equal((await refresh(first)).status, 200);
    await assertRefused(party, first, 'reuse_detected');
  });

  it('takes a token for reused once its successor was used', async () => {
    const first = await party.signIn(ada, offline);
    const second = await refresh(first);
    const third = await refresh({ refresh_token: String(second.body.refresh_token) });
    await assertRefused(party, first, 'reuse_detected');
    await assertRefused(party, { refresh_token: String(third.body.refresh_token) }, 'reuse_detected');
    const events = (await listEvents(server.database)).map(({ name }) => name);
    assert.ok(events.includes('refresh.reuse_detected'));
  });

  it('ends one family and not the others of the grant', async () => {
    const first = await party.signIn(ada, offline);
    const other = await party.signIn(ada, offline);
    const second = await refresh(first);
    await refresh({ refresh_token: String(second.body.refresh_token) });
    await assertRefused(party, first, 'reuse_detected');
    assert.equal((await refresh(other)).status, 200);
  });

  it('keeps the reason of a family that was over before its token was reused', async () => {
    const first = await party.signIn(ada, offline);
    await refresh(first);
    await server.clock.advance(1801);
    await assertRefused(party, first, 'reuse_detected');
    const [family] = await findFamilies(server.database);
    assert.equal(family?.end_reason, 'idle_timeout');
  });

  it('takes a retry for activity only when it says a smaller inactive_for', async () => {
    const first = await party.signIn(ada, offline);
    await server.clock.advance(1000);
    const second = await refresh(first, { inactive_for: '500' });
    assert.equal(second.body.refresh_token_timeout, 1300);
    await server.clock.advance(5);
    const same = await refresh(first, { inactive_for: '500' });
    assert.equal(same.body.refresh_token_timeout, 1295);
    const plain = await refresh(first);
    assert.equal(plain.body.refresh_token_timeout, 1295);
    const smaller = await refresh(first, { inactive_for: '100' });
    assert.equal(smaller.body.refresh_token_timeout, 1700);
  });

  it('tells nothing of a token to another client, and answers as for one that never was', async () => {
    const other = await createRelyingParty(server.issuer, spa);
    const first = await party.signIn(ada, offline);
    await refresh(first);
    const foreign = await assertRefused(other, first, 'unknown_token');
    const unknown = await assertRefused(other, { refresh_token: 'x'.repeat(43) }, 'unknown_token');
    assert.deepEqual(foreign, unknown);
    assert.equal((await refresh(first)).status, 200, 'the family is as it was');
  });
});

describe('an authorization code used more than once', () => {
  let server: TestServer;
  let party: RelyingParty;

  before(async () => {
    server = await startTestServer(exampleConfiguration());
    party = await createRelyingParty(server.issuer, shop);
  });
  after(() => server.stop());

  const exchange = (url: URL, verifier: string, more: Record<string, string> = {}) =>
    party.token({
      grant_type: 'authorization_code',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: 'http://127.0.0.1:9/callback',
      code_verifier: verifier,
      ...more,
    });

  it('ends what it gave, even when it has expired meanwhile', async () => {
    const pending = await party.authorize(ada, offline);
    const tokens = await party.exchange(pending);
    await server.clock.advance(90);
    const { body } = await exchange(pending.url, pending.verifier);
    assert.match(String(body.error_description), /^code_reused: /);
    await assertRefused(party, tokens, 'code_reused');
  });

  it('is recognised although the consent was withdrawn meanwhile', async () => {
    const pending = await party.authorize(ada, offline);
    const tokens = await party.exchange(pending);
    const subject = { accountId: decodeJwt(tokens.id_token ?? '').sub ?? '', clientId: shop.clientId };
    await server.database.transaction(async (tx) =>
      withdrawConsent(tx, await loadConfiguration(tx), subject, {}),
    );
    const { body } = await exchange(pending.url, pending.verifier);
    assert.match(String(body.error_description), /^code_reused: /);
    await assertRefused(party, tokens, 'consent_withdrawn');
  });

  it('burns nothing with a wrong verifier, redirect URI or client', async () => {
    const other = await createRelyingParty(server.issuer, spa);
    const pending = await party.authorize(ada, offline);
    assert.equal((await exchange(pending.url, 'w'.repeat(43))).body.error, 'invalid_grant');
    const elsewhere = { redirect_uri: 'http://127.0.0.1:9/other' };
    assert.equal((await exchange(pending.url, pending.verifier, elsewhere)).body.error, 'invalid_grant');
    const stolen = await other.token({
      grant_type: 'authorization_code',
      code: pending.url.searchParams.get('code') ?? '',
      redirect_uri: 'http://127.0.0.1:9/callback',
      code_verifier: pending.verifier,
    });
    assert.equal(stolen.body.error, 'invalid_grant');
    const tokens = await party.exchange(pending);
    await exchange(pending.url, 'w'.repeat(43));
    await party.refresh(tokens.refresh_token ?? '');
  });

  it('makes one family of 20 simultaneous exchanges, which the others end', async () => {
    const pending = await party.authorize(ada, offline);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => exchange(pending.url, pending.verifier)),
    );
    const granted = answers.filter(({ status }) => status === 200);
    assert.equal(granted.length, 1);
    await assertRefused(party, { refresh_token: String(granted[0]?.body.refresh_token) }, 'code_reused');
  });

  it('is refused a minute after it was issued', async () => {
    const pending = await party.authorize(ada, offline);
    await server.clock.advance(61);
    assert.equal((await exchange(pending.url, pending.verifier)).body.error, 'invalid_grant');
  });
});

function countBy(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
