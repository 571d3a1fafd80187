import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { applyFile } from '../../src/cli/apply_file.ts';
import type { AppliedFile } from '../../src/cli/apply_file.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { populate, populations, sweepAll, timeouts } from '../support/populations.ts';
import type { Population, Values } from '../support/populations.ts';
import { snapshot, sql } from '../support/sql.ts';

const changes = fc.record({
  member: timeouts,
  admin: timeouts,
  ofClient: fc.option(fc.constantFrom('member', 'admin'), { nil: undefined }),
  keepsPortal: fc.boolean(),
});

describe('what a dry run says would end', () => {
  let test: OperationTest;
  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());

  const apply = (desired: DesiredConfiguration, dryRun: boolean) =>
    applyFile(test.database, { ...desired, digest: '' }, { dryRun, actor: 'test' });

  /** The example configuration after a change. */
  function wantedBy({ member, admin, ofClient, keepsPortal }: Values<typeof changes>) {
    const { policies, clients, ...rest } = exampleConfiguration();
    const spa = clients.get('spa');
    assert.ok(spa);
    const wanted = new Map([...clients, ['spa', { ...spa, ...(ofClient ? { policy: ofClient } : {}) }]]);
    if (!keepsPortal) wanted.delete('portal');
    const change = (name: string, limit: object) =>
      [name, { limits: { ...policies.get(name)?.limits, ...limit }, baselines: [] }] as const;
    return {
      ...rest,
      users: undefined,
      policies: new Map([change('member', member), change('admin', admin)]),
      clients: wanted,
    };
  }

  /** Ends in the trail since `from`, counted as a dry run does. */
  async function countEnds(from: string) {
    return await sql<{ policy: string | null; reason: string; sessions: number; families: number }>(
      test.database,
      `select detail ->> 'policy' as policy, detail ->> 'reason' as reason,
         count(*) filter (where name = 'session.ended')::int as sessions,
         count(*) filter (where name = 'family.ended')::int as families
       from audit_events where event_id > $1::uuid and name in ('session.ended', 'family.ended')
       group by 1, 2 order by coalesce(detail ->> 'policy', '') || ' ' || (detail ->> 'reason') collate "C"`,
      from,
    );
  }
  async function lastEvent(): Promise<string> {
    const [row] = await sql<{ id: string }>(
      test.database,
      'select event_id as id from audit_events order by event_id desc limit 1',
    );
    return row?.id ?? '';
  }

  /** A session is over, and with it a family whose own limits are not. */
  const boundAlone: [population: Population, change: Values<typeof changes>] = [
    [
      {
        roles: ['admin'],
        clientIds: [],
        startedAgo: 100,
        activeAgo: 100,
        families: [{ bound: true, clientId: 'shop', startedAgo: 100, activeAgo: 100 }],
      },
    ],
    {
      member: { refresh_idle: 4000, refresh_absolute: 9000, session_idle: 4000, session_absolute: 9000 },
      admin: { refresh_idle: 4000, refresh_absolute: 9000, session_idle: 50, session_absolute: 9000 },
      ofClient: undefined,
      keepsPortal: true,
    },
  ];

  it('is what apply and the sweepers then end, whatever the population and the change', async () => {
    await fc.assert(
      fc.asyncProperty(populations, changes, async (population, change) => {
        await test.apply({ ...exampleConfiguration(), users: undefined });
        await sql(test.database, 'delete from refresh_tokens');
        await sql(test.database, 'delete from families');
        await sql(test.database, 'delete from sessions');
        await populate(test.database, population);
        const wanted = wantedBy(change);
        const before = await snapshot(test.database);
        const { wouldEnd, ended: wouldEndFirst }: AppliedFile = await apply(wanted, true);
        assert.deepEqual(await snapshot(test.database), before, 'nothing is written');

        const { ended } = await apply(wanted, false);
        assert.deepEqual(ended, wouldEndFirst);
        const from = await lastEvent();
        await sweepAll(test.database);
        const happened = (await countEnds(from)).map(({ policy, ...rest }) => ({
          ...(policy === null ? {} : { policy }),
          ...rest,
        }));
        assert.deepEqual(wouldEnd, happened);
      }),
      { numRuns: 15, examples: [boundAlone] },
    );
  });
});
