import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { hashToken } from '../../src/credentials/token_hash.ts';
import type { Database } from '../../src/store/database.ts';
import { ada, shop } from './example_configuration.ts';
import { refreshAt } from './process_instances.ts';
import type { RefreshAnswer } from './process_instances.ts';
import { createRelyingParty } from './relying_party.ts';
import { sql } from './sql.ts';

/** Sign in once and take a token of each of several families: every other one is bound to the one session. */
export async function openFamilies(issuer: string, count: number): Promise<string[]> {
  const party = await createRelyingParty(issuer, shop);
  const tokens: string[] = [];
  while (tokens.length < count) {
    const offline = tokens.length % 2 === 0 ? { scope: 'openid offline_access', prompt: 'consent' } : {};
    tokens.push((await party.signIn(ada, offline)).refresh_token ?? '');
  }
  return tokens;
}

/** Refresh one token so many times at once, at each of the servers in turn. All bring one successor: this one. */
export async function refreshTogether(
  origins: readonly string[],
  token: string,
  times: number,
): Promise<string> {
  const answers = await Promise.all(
    Array.from({ length: times }, (_, index) =>
      refreshPatiently(origins[index % origins.length] ?? '', token),
    ),
  );
  for (const { status, body } of answers) assert.equal(status, 200, JSON.stringify(body));
  const [successor = '', ...others] = new Set(answers.map(({ refreshToken }) => refreshToken));
  assert.deepEqual(others, []);
  assert.notEqual(successor, token);
  return successor;
}

/** As a client does: 503 is no refusal of the token, so the same one again. */
async function refreshPatiently(origin: string, token: string): Promise<RefreshAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await refreshAt(origin, token);
    if (answer.status !== 503 || tries === 5) return answer;
    await wait(200);
  }
}

/** All families side by side, each refreshed `rounds` times, and each time at two servers at once. */
export async function refreshSideBySide(
  origins: readonly string[],
  tokens: readonly string[],
  rounds: number,
): Promise<string[]> {
  return await Promise.all(
    tokens.map(async (first, index) => {
      let token = first;
      for (let round = 0; round < rounds; round += 1) {
        const turn = (index + round) % origins.length;
        token = await refreshTogether([...origins.slice(turn), ...origins.slice(0, turn)], token, 2);
      }
      return token;
    }),
  );
}

/** Every family that has not ended has one token that has not been rotated, and these are all of them. */
export async function assertLiveTokens(database: Database, tokens: readonly string[]): Promise<void> {
  const rows = await sql<{ hashes: Buffer[] }>(
    database,
    `select array_agg(token_hash) as hashes from refresh_tokens join families using (family_id)
     where rotated_at is null and ended_at is null group by family_id`,
  );
  const live = rows.map(({ hashes }) => hashes.map((hash) => hash.toString('hex')).join());
  assert.deepEqual(live.toSorted(), tokens.map((token) => hashToken(token).toString('hex')).toSorted());
}
