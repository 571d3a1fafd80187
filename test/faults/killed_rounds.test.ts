import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { ada, shop } from '../support/example_configuration.ts';
import { listEvents } from '../support/gate.ts';
import { endProcesses } from '../support/process_curfew.ts';
import { createSharedDatabase } from '../support/process_database.ts';
import type { SharedDatabase } from '../support/process_database.ts';
import { prepareInstances, refreshAt } from '../support/process_instances.ts';
import type { Instance, Instances } from '../support/process_instances.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { sql } from '../support/sql.ts';

const rounds = 10;
const clients = 8;
/** Milliseconds for the answers after which a server is killed, on however slow a machine. */
const longestRound = 20_000;

describe('ten servers, one after the other, that are killed at work', function killedRounds() {
  this.timeout(180_000);
  let stored: SharedDatabase;
  let instances: Instances;

  before(async () => {
    stored = await createSharedDatabase();
    instances = await prepareInstances(stored.url);
  });
  after(async () => {
    await endProcesses();
    await instances.remove();
    await stored.drop();
  });

  it('strand none of eight clients, and never leave two live tokens in a family', async () => {
    let serving = await instances.start();
    // Two at once are started in the time of one.
    const starting = [instances.start(), instances.start()];
    const tokens = await Promise.all(Array.from({ length: clients }, signIn));
    for (let round = 0; round < rounds; round += 1) {
      await refreshUntilKilled(serving, tokens);
      serving = (await starting.shift()) ?? serving;
      if (round + starting.length < rounds - 1) starting.push(instances.start());
      await Promise.all(tokens.map((_, index) => refreshOnce(serving, tokens, index)));
      await assertOneLiveTokenEach(stored, tokens);
    }
    const names = (await listEvents(stored.database)).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => /ended|expired|reuse/.test(name)),
      [],
    );
    const lost = names.filter((name) => name === 'refresh.retried').length;
    console.log(`      answers that were lost after their commit, and brought by the retry: ${lost}`);
  });

  async function signIn(): Promise<string> {
    const party = await createRelyingParty(instances.issuer, shop);
    const tokens = await party.signIn(ada, { scope: 'openid offline_access', prompt: 'consent' });
    return tokens.refresh_token ?? '';
  }
});

/** Every client refreshes as fast as it can until its server is gone. */
async function refreshUntilKilled(serving: Instance, tokens: string[]): Promise<void> {
  const mark = randomInt(1, 60);
  const giveUpAt = performance.now() + longestRound;
  let answers = 0;
  let isKilled = false;
  const kill = () => {
    isKilled = true;
    serving.signal('SIGKILL');
  };
  async function refreshOn(index: number): Promise<void> {
    while (performance.now() < giveUpAt) {
      try {
        await refreshOnce(serving, tokens, index);
      } catch (error) {
        if (isKilled && !(error instanceof assert.AssertionError)) return;
        throw error;
      }
      answers += 1;
      // At a moment that is not one of an answer.
      if (answers === mark) setTimeout(kill, randomInt(0, 12));
    }
  }
  await Promise.all(tokens.map((_, index) => refreshOn(index)));
  assert.ok(isKilled, `in ${longestRound} ms there are not ${mark} answers`);
  assert.equal((await serving.ended).signal, 'SIGKILL');
}

/** Rejects, and leaves the client with the token it has, when no answer comes. */
async function refreshOnce({ origin }: Instance, tokens: string[], index: number): Promise<void> {
  const answer = await refreshAt(origin, tokens[index] ?? '');
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  tokens[index] = answer.refreshToken;
}

/** And it is the one that the client holds. */
async function assertOneLiveTokenEach(
  { database }: SharedDatabase,
  tokens: readonly string[],
): Promise<void> {
  const rows = await sql<{ hashes: Buffer[] }>(
    database,
    `select array_agg(token_hash) as hashes from refresh_tokens join families using (family_id)
     where rotated_at is null and ended_at is null group by family_id`,
  );
  const live = rows.map(({ hashes }) => hashes.map((hash) => hash.toString('hex')).join());
  const held = tokens.map((token) => hashToken(token).toString('hex'));
  assert.deepEqual(new Set(live), new Set(held));
  assert.equal(live.length, clients);
}
