import fc from 'fast-check';
import type { Database } from '../../../src/store/database.ts';
import { sql, sqlOne } from '../../support/sql.ts';
import { noticeSession } from '../gate/ends.ts';
import { refresh } from '../gate/refresh.ts';
import type { World } from '../gate/world.ts';
import { compareAnswer } from '../server/compare_answer.ts';
import type { Real } from '../server/real.ts';
import type { TokenResponse } from '../server/token_request.ts';
import { command } from './command.ts';
import type { GateCommand } from './command.ts';
import {
  applyOperation,
  changePasswordOperation,
  disableOperation,
  endFamilyOperation,
  endSessionOperation,
  setRolesOperation,
} from './operations.ts';
import { refreshChoice, resolveRefresh, sendRefresh } from './refresh_commands.ts';

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

/** An operation is under way, and holds its locks, when a refresh comes: that sees it whole or not at all. */
export const raceCommand: fc.Arbitrary<GateCommand> = fc
  .record({
    choice: refreshChoice,
    operation: fc.oneof(
      { weight: 3, arbitrary: endFamilyOperation },
      { weight: 3, arbitrary: endSessionOperation },
      { weight: 2, arbitrary: setRolesOperation },
      { weight: 2, arbitrary: applyOperation },
      { weight: 1, arbitrary: disableOperation },
      { weight: 1, arbitrary: changePasswordOperation },
    ),
  })
  .map(({ choice, operation }) =>
    command(
      `${operation.describe}, meanwhile refresh ${JSON.stringify(choice)}`,
      async (world, real) => {
        const request = resolveRefresh(world, choice);
        const { database } = real.stage;
        const { response, wasFirst } = await database.transaction(async (tx) => {
          await operation.perform(tx, world, real);
          return await sendUntilItWaits(database, () => sendRefresh(real, request, choice.instance));
        });
        if (!wasFirst) operation.follow(world, real);
        compareAnswer(world, real, request.client, refresh(world, request), await response());
        if (wasFirst) operation.follow(world, real);
        await followNotices(world, real);
        await real.stage.tellInstances();
      },
      (world) => world.families.length > 0 && operation.isPossible(world),
    ),
  );

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
