import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { disableAccount } from '../../src/operations/disable_account.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { assertRefused, countLiveTokens, findFamilies } from '../support/gate.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { RelyingParty } from '../support/relying_party.ts';
import { startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { waitForWaitingCommit } from '../support/lock_wait.ts';

const offline = { scope: 'openid offline_access', prompt: 'consent' };

describe('a refresh that waits for a lock', () => {
  let server: TestServer;
  let party: RelyingParty;

  beforeEach(async () => {
    server = await startTestServer(exampleConfiguration());
    party = await createRelyingParty(server.issuer, shop);
  });
  afterEach(() => server.stop());

  it('is refused when its account is disabled meanwhile, and nothing lives on', async () => {
    const tokens = await party.signIn(ada, offline);
    const sub = decodeJwt(tokens.id_token ?? '').sub ?? '';
    let waiting: ReturnType<typeof assertRefused> | undefined;
    await server.database.transaction(async (tx) => {
      await disableAccount(tx, await loadConfiguration(tx), sub, {});
      waiting = assertRefused(party, tokens, 'account_disabled');
      await waitForWaitingCommit(server.database);
    });
    await waiting;
    assert.equal(await countLiveTokens(server.database), 0);
    assert.equal((await findFamilies(server.database))[0]?.end_reason, 'account_disabled');
  });

  it('is decided anew when its policy is shortened meanwhile', async () => {
    const tokens = await party.signIn(ada, offline);
    const { policies } = exampleConfiguration();
    const limits = { ...policies.get('member')?.limits, refresh_idle: 60, access_token_ttl: 30 };
    let waiting: ReturnType<RelyingParty['refresh']> | undefined;
    await server.database.transaction(async (tx) => {
      await tx.query({ name: 'test_lock_families', text: 'select from families for update' });
      waiting = party.refresh(tokens.refresh_token ?? '');
      await waitForWaitingCommit(server.database);
      await server.apply({ policies: new Map([...policies, ['member', { limits, baselines: [] }]]) });
    });
    const answer = await waiting;
    assert.equal(answer?.expires_in, 30);
    assert.equal(answer?.refresh_token_timeout, 60);
  });

  it('is refused as over when its limit passes while it waits', async () => {
    const tokens = await party.signIn(ada, offline);
    await server.clock.advance(1795);
    let waiting: ReturnType<typeof assertRefused> | undefined;
    await server.database.transaction(async (tx) => {
      await tx.query({ name: 'test_lock_families', text: 'select from families for update' });
      waiting = assertRefused(party, tokens, 'idle_timeout');
      await waitForWaitingCommit(server.database);
      await server.clock.advance(10);
    });
    await waiting;
  });

  it('cannot slip a code exchange past the disabling of its account', async () => {
    const pending = await party.authorize(ada, offline);
    const sub = await findSub(server);
    let waiting: Promise<{ status: number; body: Record<string, unknown> }> | undefined;
    await server.database.transaction(async (tx) => {
      await disableAccount(tx, await loadConfiguration(tx), sub, {});
      waiting = party.token({
        grant_type: 'authorization_code',
        code: pending.url.searchParams.get('code') ?? '',
        redirect_uri: 'http://127.0.0.1:9/callback',
        code_verifier: pending.verifier,
      });
      await waitForWaitingCommit(server.database);
    });
    const answer = await waiting;
    assert.match(String(answer?.body.error_description), /^account_disabled: /);
    assert.equal(await countLiveTokens(server.database), 0);
  });
});

async function findSub(server: TestServer): Promise<string> {
  const [row] = await server.database.query<{ account_id: string }>({
    name: 'test_sub',
    text: `select account_id from accounts where username = 'ada'`,
  });
  return row?.account_id ?? '';
}
