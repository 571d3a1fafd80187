import fc from 'fast-check';
import type { Database } from '../../../src/store/database.ts';
import { sql, sqlOne } from '../../support/sql.ts';
import { noticeSession } from '../gate/ends.ts';
import { codeSeconds, exchange } from '../gate/exchange.ts';
import { refresh } from '../gate/refresh.ts';
import type { Answer } from '../gate/refresh.ts';
import { second } from '../gate/world.ts';
import type { Code, World } from '../gate/world.ts';
import { compareAnswer } from '../server/compare_answer.ts';
import type { Real } from '../server/real.ts';
import type { TokenResponse } from '../server/token_request.ts';
import { command } from './command.ts';
import type { GateCommand } from './command.ts';
import {
  applyOperation,
  changePasswordOperation,
  disableClientOperation,
  disableOperation,
  endFamilyOperation,
  endSessionOperation,
  setRolesOperation,
  signOutEverywhereOperation,
  withdrawConsentOperation,
} from './operations.ts';
import type { Operation } from './operations.ts';
import { refreshChoice, resolveRefresh, sendRefresh } from './refresh_commands.ts';
import { proofKeyFor, sendCode } from './sign_in_commands.ts';

/** Several refreshes with one token at once, over both instances: it is as if they had come one after another. */
export const stormCommand: fc.Arbitrary<GateCommand> = fc
  .record({ choice: refreshChoice, count: fc.integer({ min: 2, max: 8 }) })
  .map(({ choice, count }) =>
    command(
      `storm of ${count} refreshes ${JSON.stringify(choice)}`,
      async (world, real) => {
        const request = resolveRefresh(world, choice);
        const responses = await Promise.all(
          Array.from({ length: count }, (_, number) => sendRefresh(real, request, number % 2)),
        );
        responses.sort((a, b) => a.status - b.status);
        for (const response of responses) {
          compareAnswer(world, real, request.client, refresh(world, request), response);
        }
      },
      (world) => world.families.length > 0,
    ),
  );

const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: endFamilyOperation },
  { weight: 3, arbitrary: endSessionOperation },
  { weight: 2, arbitrary: setRolesOperation },
  { weight: 2, arbitrary: applyOperation },
  { weight: 1, arbitrary: disableOperation },
  { weight: 1, arbitrary: disableClientOperation },
  { weight: 1, arbitrary: changePasswordOperation },
  { weight: 1, arbitrary: signOutEverywhereOperation },
  { weight: 1, arbitrary: withdrawConsentOperation },
);

/** An operation is under way, and holds its locks, when a refresh comes: that sees it whole or not at all. */
export const raceCommand: fc.Arbitrary<GateCommand> = fc
  .record({ choice: refreshChoice, operation: anyOperation })
  .map(({ choice, operation }) =>
    command(
      `${operation.describe}, meanwhile refresh ${JSON.stringify(choice)}`,
      async (world, real) => {
        const request = resolveRefresh(world, choice);
        await race(world, real, operation, {
          client: request.client,
          send: () => sendRefresh(real, request, choice.instance),
          follow: () => refresh(world, request),
        });
      },
      (world) => world.families.length > 0 && operation.isPossible(world),
    ),
  );

/** Likewise, when a code comes. */
export const raceExchangeCommand: fc.Arbitrary<GateCommand> = fc
  .record({ operation: anyOperation, instance: fc.nat(1) })
  .map(({ operation, instance }) =>
    command(
      `${operation.describe}, meanwhile exchange at ${instance}`,
      async (world, real) => {
        const code = world.codes.findLast((entry) => isFresh(world, entry));
        if (!code) return;
        const key = proofKeyFor(world, code.client, undefined);
        await race(world, real, operation, {
          client: code.client,
          send: () => sendCode(real, code, key, instance),
          follow: () => exchange(world, code, key),
        });
      },
      (world) => world.codes.some((code) => isFresh(world, code)) && operation.isPossible(world),
    ),
  );

const isFresh = (world: Readonly<World>, { family, issuedAt }: Code) =>
  !family && world.now < issuedAt + codeSeconds * second;

/** A request at the token endpoint, and what the model says to it. */
interface Racer {
  client: string;
  send(): Promise<TokenResponse>;
  follow(): Answer;
}

async function race(world: World, real: Real, operation: Operation, racer: Racer): Promise<void> {
  const { database } = real.stage;
  const change = operation.begin(world, real);
  const { response, wasFirst } = await database.transaction(async (tx) => {
    await change.perform(tx);
    return await sendUntilItWaits(database, racer.send);
  });
  if (!wasFirst) change.follow();
  compareAnswer(world, real, racer.client, racer.follow(), await response());
  if (wasFirst) change.follow();
  await followNotices(world, real);
  await real.stage.tellInstances();
}

/** A session that was over: either of the two may have noticed, or neither. */
async function followNotices(world: World, { stage, sessions }: Real): Promise<void> {
  const rows = await sql<{ id: string }>(
    stage.database,
    'select session_id as id from sessions where session_id = any($1) and ended_at is not null',
    [...sessions.values()],
  );
  const ended = new Set(rows.map(({ id }) => id));
  for (const session of world.sessions)
    if (ended.has(sessions.get(session) ?? '')) noticeSession(world, session);
}

/** Resolves when the request has its answer, or waits for a lock. */
async function sendUntilItWaits(database: Database, send: () => Promise<TokenResponse>) {
  const sent = send();
  const answered = sent.then(() => true);
  for (;;) {
    const wasFirst = await Promise.race([
      answered,
      isAnyoneWaiting(database).then((waits) => !waits && undefined),
    ]);
    if (wasFirst !== undefined) return { response: () => sent, wasFirst };
  }
}

async function isAnyoneWaiting(database: Database): Promise<boolean> {
  const { waiting } = await sqlOne<{ waiting: boolean }>(
    database,
    `select exists (select from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock') as waiting`,
  );
  return waiting;
}
