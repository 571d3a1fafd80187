import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createFaultClients } from '../support/fault_clients.ts';
import type { ClientCounts, FaultClients } from '../support/fault_clients.ts';
import { faults, faultsOfTen } from '../support/fault_kinds.ts';
import type { FaultName } from '../support/fault_kinds.ts';
import { prepareFaultScene } from '../support/fault_scene.ts';
import type { FaultScene } from '../support/fault_scene.ts';
import {
  assertInTrail,
  assertNothingEnded,
  assertNothingHalfWritten,
  assertSealed,
} from '../support/fault_trail.ts';
import { assertLiveTokens, openFamilies } from '../support/process_refreshes.ts';
import { createSeededRandom } from '../../src/dev/seeded_random.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 10);
const seed = Number(process.env.FAULT_SEED ?? randomInt(2 ** 31));
const clientCount = 8;
/** Of the rounds must strike an open token request. */
const leastShare = 0.3;
/** Milliseconds from the start of the load to the fault. */
const earliest = 20;
const latest = 250;

const names = Object.keys(faultsOfTen) as FaultName[];
const ten = names.flatMap((name) => Array<FaultName>(faultsOfTen[name]).fill(name));

interface Round extends ClientCounts {
  name: FaultName;
  /** Open token requests that the fault struck. */
  struck: number;
}

describe(`${rounds} faults at random moments under load`, function faultRounds() {
  this.timeout(120_000 + rounds * 20_000);
  const random = createSeededRandom(seed);
  const played: Round[] = [];
  let scene: FaultScene;
  let clients: FaultClients;

  before(async () => {
    console.log(`      FAULT_SEED=${seed}`);
    scene = await prepareFaultScene();
    clients = createFaultClients(await openFamilies(scene.issuer, clientCount), scene.origins, random.fork());
  });
  after(() => scene.remove());

  it('strand no client, leave nothing half-written, and keep every granted refresh in the trail', async () => {
    const deck: FaultName[] = [];
    while (deck.length < rounds) deck.push(...random.shuffle(ten));
    for (const name of deck.slice(0, rounds)) {
      try {
        played.push(await playRound(name));
      } catch (cause) {
        throw new Error(`Round ${played.length + 1}, ${name}, FAULT_SEED=${seed}`, { cause });
      }
    }
    await assertSealed(scene.database, scene.secret);
    console.log(describeRounds(played));
    const struck = played.filter((round) => round.struck > 0).length;
    console.log(`      ${struck} of ${rounds} rounds struck an open token request`);
    assert.ok(struck >= rounds * leastShare);
  });

  async function playRound(name: FaultName): Promise<Round> {
    const before = { ...clients.counts };
    await scene.waitForSpare();
    const stop = clients.start();
    await pause(random.integer(earliest, latest));
    const struck = await faults[name](scene, clients, random);
    await stop();
    await clients.settle();

    await assertLiveTokens(scene.database, clients.tokens);
    await assertNothingHalfWritten(scene.database);
    await assertInTrail(scene.database, clients.takeAcknowledged());
    await assertNothingEnded(scene.database);
    const { granted, unavailable, lost } = clients.counts;
    return {
      name,
      struck,
      granted: granted - before.granted,
      unavailable: unavailable - before.unavailable,
      lost: lost - before.lost,
    };
  }
});

function describeRounds(played: readonly Round[]): string {
  const lines = names.map((name) => {
    const own = played.filter((round) => round.name === name);
    const sum = (field: keyof ClientCounts) => own.reduce((total, round) => total + round[field], 0);
    const struck = own.filter((round) => round.struck > 0).length;
    return `      ${name}: ${own.length} rounds, ${struck} struck an open request; ${sum('granted')} answers granted, ${sum('unavailable')} with 503, ${sum('lost')} lost`;
  });
  return lines.join('\n');
}
