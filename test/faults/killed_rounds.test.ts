import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { ada, shop } from '../support/example_configuration.ts';
import { endProcesses } from '../support/process_curfew.ts';
import { createSharedDatabase } from '../support/process_database.ts';
import type { SharedDatabase } from '../support/process_database.ts';
import { prepareInstances, refreshAt } from '../support/process_instances.ts';
import type { Instance, Instances } from '../support/process_instances.ts';
import { createRelyingParty } from '../support/relying_party.ts';
import { sql } from '../support/sql.ts';

const rounds = 10;
const clients = 8;
/** Seconds after which a round is over even if the machine is so slow that the server was not killed yet. */
const longestRound = 20;

describe('ten servers, one after the other, that are killed at work', function killedRounds() {
  this.timeout(180_000);
  let stored: SharedDatabase;
  let instances: Instances;
  const all = new Set<Instance>();

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
    const tokens = await Promise.all(Array.from({ length: clients }, signIn));
    const lost: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const next = instances.start();
      const broken = await refreshUntilKilled(serving, tokens);
      lost.push(broken);
      assert.equal(await countFamilies(stored), clients);
      serving = await next;
      await Promise.all(tokens.map((_, index) => refreshOnce(serving, tokens, index)));
      await assertOneLiveTokenEach(stored, tokens);
    }
    assert.ok(
      lost.some((count) => count > 0),
      'no kill has ever met a request',
    );
    const reasons = await sql(stored.database, 'select from families where ended_at is not null');
    assert.equal(reasons.length, 0);
    console.log(`      requests that were cut, by round: ${lost.join(' ')}`);
  });

  async function signIn(): Promise<string> {
    const party = await createRelyingParty(instances.issuer, shop);
    const tokens = await party.signIn(ada, { scope: 'openid offline_access', prompt: 'consent' });
    return tokens.refresh_token ?? '';
  }
});

/** Every client refreshes as fast as it can until its server is gone. Returns how many answers never came. */
async function refreshUntilKilled(serving: Instance, tokens: string[]): Promise<number> {
  const mark = randomInt(1, 60);
  const giveUpAt = performance.now() + longestRound * 1000;
  let answers = 0;
  let isGone = false;
  const kill = () => {
    if (!isGone) serving.signal('SIGKILL');
    isGone = true;
  };
  const outcomes = await Promise.all(
    tokens.map(async (_, index) => {
      while (performance.now() < giveUpAt) {
        try {
          await refreshOnce(serving, tokens, index);
        } catch (error) {
          if (isGone && !(error instanceof assert.AssertionError)) return 1;
          throw error;
        }
        answers += 1;
        // A moment that no answer of the server sets.
        if (answers === mark) setTimeout(kill, randomInt(0, 12));
      }
      return 0;
    }),
  );
  kill();
  assert.equal((await serving.ended).signal, 'SIGKILL');
  return outcomes.filter((outcome) => outcome === 1).length;
}

async function refreshOnce({ origin }: Instance, tokens: string[], index: number): Promise<void> {
  const answer = await refreshAt(origin, tokens[index] ?? '');
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  tokens[index] = answer.refreshToken;
}

async function countFamilies({ database }: SharedDatabase): Promise<number> {
  return (await sql(database, 'select from families')).length;
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
  const held = tokens.map((token) => [hashToken(token).toString('hex')]);
  const live = rows.map(({ hashes }) => hashes.map((hash) => hash.toString('hex')));
  assert.deepEqual(live.toSorted(), held.toSorted());
}
