import assert from 'node:assert/strict';
import { openDatabase } from '../../src/store/database.ts';
import type { Database, Statement } from '../../src/store/database.ts';
import { startDatabaseRelay } from '../support/database_relay.ts';
import type { DatabaseRelay } from '../support/database_relay.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { asAdmin } from '../support/database.ts';
import { waitForWaiting, waitForWaitingCommit } from '../support/lock_wait.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { findFreePort } from '../support/ports.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import type { Tokens } from '../support/relying_party.ts';
import { startInstance, startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { assertRefused, countLiveTokens } from '../support/gate.ts';
import { sql } from '../support/sql.ts';

describe('a connection cut while a refresh is being written', () => {
  let server: TestServer;
  let victim: Database;
  let relay: DatabaseRelay;
  let issuer: string;
  let stopVictim: () => Promise<void>;
  /** The statement whose next answer is lost after it was written. */
  let loses: string | undefined;

  before(async () => {
    server = await startTestServer(withOverlap(0));
    const port = await findFreePort();
    issuer = `http://localhost:${port}`;
    relay = await startDatabaseRelay(server.test.serverUrl);
    const url = relay.urlOf(server.test.serverUrl);
    victim = openDatabase({ url, size: 4, prepared: true, onError: () => undefined });
    const { app } = await startInstance({ database: losingAnswers(victim), issuer, port });
    stopVictim = () => app.close(500);
  });
  after(async () => {
    await stopVictim();
    await victim.end();
    await relay.close();
    await server.stop();
  });

  it('loses nothing: it was not written, and the old token works on', async () => {
    const party = await createRelyingParty(issuer, shop);
    const tokens = await party.signIn(ada);
    let refused: Promise<{ status: number }> | undefined;
    await server.database.transaction(async (tx) => {
      await tx.query({ name: 'test_lock_families', text: 'select from families for update' });
      refused = party.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
      const pid = await waitForWaitingCommit(server.database);
      await asAdmin(`select pg_terminate_backend(${pid})`);
    });
    assert.equal((await refused)?.status, 503);
    await party.refresh(tokens.refresh_token ?? '');
    assert.equal(await countLiveTokens(server.database), 1);
  });

  const overlaps: [seconds: number, fate: string][] = [
    [0, 'is reuse'],
    [10, 'brings the successor'],
  ];
  for (const [seconds, fate] of overlaps) {
    it(`is 503 where nobody can look, and the retry ${fate} with an overlap of ${seconds} s`, async () => {
      await server.apply(withOverlap(seconds));
      const party = await createRelyingParty(issuer, shop);
      const { refresh_token: token = '' } = await party.signIn(ada);
      const isCut = relay.cutNext('refresh_commit', 'after');
      const answer = party.token({ grant_type: 'refresh_token', refresh_token: token });
      await isCut;
      const comeBack = relay.goDown();
      assert.equal((await answer).status, 503);
      comeBack();
      if (seconds === 0) await assertRefused(party, { refresh_token: token }, 'reuse_detected');
      else await party.refresh((await party.refresh(token)).refresh_token ?? '');
      await server.apply(withOverlap(0));
    });
  }

  // What the lock of a test keeps waiting, and the look that comes after it.
  const commits: [statement: string, lock: string, look: string][] = [
    ['code_exchange_commit', 'select from accounts for update', 'select from accounts where%'],
    ['refresh_commit', 'select from families for update', 'select from families f where%'],
  ];
  for (const [statement, lock, look] of commits) {
    /** Ask with the code or the token that `statement` consumes. */
    async function prepare() {
      const party = await createRelyingParty(issuer, shop);
      const pending = await party.authorize(ada);
      const isRefresh = statement === 'refresh_commit';
      const { refresh_token: token = '' } = isRefresh ? await party.exchange(pending) : {};
      return { party, ask: () => (isRefresh ? party.refresh(token) : party.exchange(pending)) };
    }

    it(`loses nothing: ${statement} still waited, was written later, and its answer stands`, async () => {
      const { party, ask } = await prepare();
      let granted: Promise<Tokens> | undefined;
      await server.database.transaction(async (tx) => {
        await sql(tx, lock);
        const caught = relay.catchNext(statement);
        granted = ask();
        const { deliver, cutClient } = await caught;
        void deliver();
        await waitForWaitingCommit(server.database);
        cutClient();
        await waitForWaiting(server.database, look);
      });
      await party.refresh((await granted)?.refresh_token ?? '');
    });

    it(`loses nothing: ${statement} came only after the look, and writes nothing`, async () => {
      const { party, ask } = await prepare();
      const live = await countLiveTokens(server.database);
      const caught = relay.catchNext(statement);
      const answer = ask();
      const { deliver, cutClient } = await caught;
      cutClient();
      await assert.rejects(answer, (error: Error) => (error.cause as Response).status === 503);
      await deliver();
      assert.equal(await countLiveTokens(server.database), live);
      await party.refresh((await ask()).refresh_token ?? '');
    });
  }

  function losingAnswers(database: Database): Database {
    return {
      ...database,
      async query<Row>(statement: Statement, values?: unknown[]) {
        const rows = await database.query<Row>(statement, values);
        if (statement.name !== loses) return rows;
        loses = undefined;
        throw new Error('Connection terminated unexpectedly');
      },
    };
  }

  for (const statement of ['code_exchange_commit', 'refresh_commit']) {
    it(`loses nothing: ${statement} was written, and its answer stands`, async () => {
      const party = await createRelyingParty(issuer, shop);
      if (statement === 'code_exchange_commit') loses = statement;
      let tokens = await party.signIn(ada);
      assert.ok(Number(tokens.refresh_token_timeout) > 1790);
      loses = statement === 'refresh_commit' ? statement : undefined;
      tokens = await party.refresh(tokens.refresh_token ?? '');
      assert.equal(loses, undefined, 'the answer was lost');
      assert.ok(Number(tokens.refresh_token_timeout) > 1790);
      await party.refresh(tokens.refresh_token ?? '');
    });
  }
});

function withOverlap(seconds: number): ExampleConfiguration {
  const example = exampleConfiguration();
  const limits = { ...example.policies.get('member')?.limits, refresh_overlap: seconds };
  return { ...example, policies: new Map([...example.policies, ['member', { limits, baselines: [] }]]) };
}
