import fc from 'fast-check';
import { sweepOnce } from '../../src/operations/sweep.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import type { Database } from '../../src/store/database.ts';
import { storeAccount, storeFamily, storeSession } from './stored_facts.ts';

export type Values<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const seconds = (most: number) => fc.integer({ min: 1, max: most });

/** Timeouts of a policy. */
export const timeouts = fc.record({
  refresh_idle: seconds(4000),
  refresh_absolute: seconds(9000),
  session_idle: seconds(4000),
  session_absolute: seconds(9000),
});

const age = seconds(8000);
/** People of the example configuration, each with a session and what is bound to it or came from it. */
export const populations = fc.array(
  fc.record({
    roles: fc.subarray(['member', 'admin']),
    clientIds: fc.subarray(['shop', 'portal']),
    startedAgo: age,
    activeAgo: age,
    families: fc.array(
      fc.record({
        bound: fc.boolean(),
        clientId: fc.constantFrom('shop', 'portal', 'spa'),
        startedAgo: age,
        activeAgo: age,
      }),
      { maxLength: 3 },
    ),
  }),
  { maxLength: 6 },
);
export type Population = Values<typeof populations>;

export async function populate(database: Database, population: Population): Promise<void> {
  for (const { roles, families, startedAgo, activeAgo, clientIds } of population) {
    const accountId = await storeAccount(database, roles);
    const sessionId = await storeSession(database, {
      accountId,
      clientIds,
      startedAgo,
      activeAgo: Math.min(activeAgo, startedAgo),
    });
    for (const family of families) {
      const own = Math.min(family.startedAgo, startedAgo);
      const active = Math.min(family.activeAgo, own);
      await storeFamily(database, { ...family, accountId, sessionId, startedAgo: own, activeAgo: active });
    }
  }
}

/** Until nothing is due and nothing walked through any more. */
export async function sweepAll(database: Database): Promise<void> {
  while ((await sweepOnce(database, () => loadConfiguration(database), 100)) !== 'nothing');
}
