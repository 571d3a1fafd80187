import { setTimeout as pause } from 'node:timers/promises';
import type { CutMoment } from './database_relay.ts';
import type { FaultClients } from './fault_clients.ts';
import { statementTimeout } from './fault_scene.ts';
import type { FaultScene } from './fault_scene.ts';
import { waitForWaitingCommit } from './lock_wait.ts';
import { waitUntil } from './process_wait.ts';
import type { SeededRandom } from '../../src/dev/seeded_random.ts';
import { sql } from './sql.ts';

/** What happens, and in how many of ten rounds. */
export const faultsOfTen = {
  'SIGKILL of a server': 2,
  'immediate stop of PostgreSQL': 1,
  'connection cut before a commit': 1,
  'connection cut during a commit': 1,
  'connection cut after a commit': 1,
  'full pool': 1,
  'statement time-out': 1,
  deadlock: 2,
};

export type FaultName = keyof typeof faultsOfTen;

/** Strikes, resolves when it is over, and tells how many open token requests it struck. */
export type Fault = (scene: FaultScene, clients: FaultClients, random: SeededRandom) => Promise<number>;

/** Milliseconds that a pool stays full; requests that wait for a connection give up after 5000. */
const shortestFull = 4000;
const longestFull = 6500;

export const faults: Readonly<Record<FaultName, Fault>> = {
  async 'SIGKILL of a server'(scene, clients, random) {
    const origin = random.pick(scene.origins);
    const open = clients.countOpen(origin);
    await scene.killServer(origin);
    return open;
  },

  async 'immediate stop of PostgreSQL'(scene, clients) {
    const open = clients.countOpen();
    await scene.restartDatabase();
    return open;
  },

  'connection cut before a commit': cut('before'),
  'connection cut during a commit': cut('during'),
  'connection cut after a commit': cut('after'),

  async 'full pool'(scene, clients, random) {
    const open = clients.countOpen();
    const goOn = scene.relay.holdAnswers();
    await pause(random.integer(shortestFull, longestFull));
    goOn();
    return open;
  },

  async 'statement time-out'(scene, clients) {
    return await scene.database.transaction(async (tx) => {
      await sql(tx, 'select from families for update');
      await waitForWaitingCommit(scene.database);
      const open = clients.countOpen();
      await pause(statementTimeout + 200);
      return open;
    });
  },

  /** Locks against the order that everybody else keeps: a session before a family that is bound to it. */
  async deadlock({ database }, _clients, random) {
    let taken: { family_id: string }[] = [];
    await database.transaction(async (tx) => {
      await sql(tx, 'select from sessions for update');
      await waitUntil(async () => {
        taken = await sql(database, takenBoundFamilies);
        return taken.length > 0;
      }, 'nobody refreshes a bound family');
      await sql(tx, 'select from families where family_id = $1 for update', random.pick(taken).family_id);
    });
    return 1;
  },
};

/** Whoever has one of these needs its session next. */
const takenBoundFamilies = `
  select family_id from families where bound and family_id not in
    (select family_id from families where bound for update skip locked)`;

function cut(moment: CutMoment): Fault {
  return async ({ relay }) => {
    await relay.cutNext('refresh_commit', moment);
    return 1;
  };
}
