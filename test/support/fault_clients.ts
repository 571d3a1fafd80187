import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { refreshAt } from './process_instances.ts';
import type { RefreshAnswer } from './process_instances.ts';
import type { SeededRandom } from '../../src/dev/seeded_random.ts';

/** Clients that keep a family each, at servers that come and go. */
export interface FaultClients {
  /** The tokens they hold: the one they have, or the one they were given. */
  tokens: readonly string[];
  /** Let all of them refresh again and again until the returned function is called. */
  start(): () => Promise<void>;
  /** Each refreshes until it is granted. */
  settle(): Promise<void>;
  /** Requests that have no answer yet, at one server or at any. */
  countOpen(origin?: string): number;
  /** The ids of the granted requests since the last call. */
  takeAcknowledged(): string[];
  counts: Readonly<ClientCounts>;
}

/** Answers so far. */
export interface ClientCounts {
  granted: number;
  /** 503. */
  unavailable: number;
  /** None came: the connection broke. */
  lost: number;
}

/** Milliseconds in which a client must be granted a refresh once all is well. */
const longestSettling = 60_000;
/** Milliseconds between the refreshes of one client, at most. */
const longestPause = 60;

export function createFaultClients(
  first: readonly string[],
  origins: readonly string[],
  random: SeededRandom,
): FaultClients {
  const tokens = [...first];
  const chances = tokens.map(() => random.fork());
  const open: string[] = [];
  const counts = { granted: 0, unavailable: 0, lost: 0 };
  let acknowledged: string[] = [];

  /** true when it was granted; every fourth time it is sent twice at once, as two tabs may do. */
  async function refreshOnce(index: number, chance: SeededRandom): Promise<boolean> {
    const token = tokens[index] ?? '';
    const sent = Array.from({ length: chance.integer(0, 4) === 0 ? 2 : 1 }, () =>
      send(chance.pick(origins), token),
    );
    const successors = new Set((await Promise.all(sent)).flatMap((given) => given ?? []));
    assert.ok(successors.size <= 1, 'a token has two successors');
    const [successor] = successors;
    if (successor !== undefined) tokens[index] = successor;
    return successor !== undefined;
  }

  async function send(origin: string, token: string): Promise<string | undefined> {
    open.push(origin);
    let answer: RefreshAnswer;
    try {
      answer = await refreshAt(origin, token);
    } catch {
      counts.lost += 1;
      return undefined;
    } finally {
      open.splice(open.indexOf(origin), 1);
    }
    if (answer.status === 503) {
      counts.unavailable += 1;
      return undefined;
    }
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    counts.granted += 1;
    acknowledged.push(answer.requestId);
    return answer.refreshToken;
  }

  return {
    tokens,
    counts,
    start() {
      const over = new AbortController();
      const work = Promise.all(
        chances.map(async (chance, index) => {
          while (!over.signal.aborted) {
            await refreshOnce(index, chance);
            await pause(chance.integer(0, longestPause));
          }
        }),
      );
      // What fails meanwhile is thrown where the load is stopped.
      work.catch(() => undefined);
      return async () => {
        over.abort();
        await work;
      };
    },
    async settle() {
      const giveUpAt = performance.now() + longestSettling;
      await Promise.all(
        chances.map(async (chance, index) => {
          while (!(await refreshOnce(index, chance))) {
            assert.ok(performance.now() < giveUpAt, 'a client is stranded');
            await pause(50);
          }
        }),
      );
    },
    countOpen: (origin) => (origin === undefined ? open : open.filter((at) => at === origin)).length,
    takeAcknowledged() {
      const taken = acknowledged;
      acknowledged = [];
      return taken;
    },
  };
}
