import assert from 'node:assert/strict';
import fc from 'fast-check';
import { estimateEnds } from '../../src/operations/estimate_ends.ts';
import type { EstimateBounds } from '../../src/operations/estimate_ends.ts';
import { mergeConfigurations } from '../../src/operations/apply_configuration.ts';
import { previewEnds } from '../../src/operations/preview_ends.ts';
import { isWalked } from '../../src/store/check_walks.ts';
import { measureOpen } from '../../src/store/open_rows.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { populate, populations, sweepAll, timeouts } from '../support/populations.ts';
import type { Values } from '../support/populations.ts';
import { sql } from '../support/sql.ts';
import { storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

const ample: EstimateBounds = { rows: 1000, people: 1000, pages: { least: 1, most: 1 }, draw: () => 0 };
const changes = fc.record({
  member: timeouts,
  admin: fc.option(timeouts, { nil: undefined }),
  byDefault: fc.option(timeouts, { freq: 1, nil: undefined }),
  ofRole: fc.constantFrom('member', 'admin', undefined),
  ofClient: fc.constantFrom('member', 'admin', undefined),
  ofScope: fc.constantFrom('member', undefined),
});

describe('what a change is said to end, with a bound to what is looked at', () => {
  let test: OperationTest;

  beforeEach(async () => {
    test = await prepareOperationTest();
    await sweepAll(test.database);
  });
  afterEach(() => test.drop());

  function changed({ member, admin, byDefault, ofRole, ofClient, ofScope }: Values<typeof changes>) {
    const { policies, roles, clients, scopes } = exampleConfiguration();
    const shop = clients.get('shop');
    const read = scopes?.get('reports.read');
    assert.ok(shop && read);
    const limitsOf = (name: string, change: object = {}) => ({
      limits: { ...policies.get(name)?.limits, ...change },
      baselines: [] as string[],
    });
    return mergeConfigurations(test.configuration, {
      policies: new Map([
        ['member', limitsOf('member', member)],
        ['admin', limitsOf('admin', admin)],
        ...(byDefault ? [['default', { limits: byDefault, baselines: [] as string[] }] as const] : []),
      ]),
      roles: new Map([
        ...(roles ?? []),
        ['member', { name: 'member', ...(ofRole ? { policy: ofRole } : {}) }],
      ]),
      clients: new Map([...clients, ['shop', { ...shop, ...(ofClient ? { policy: ofClient } : {}) }]]),
      scopes: new Map([
        ...(scopes ?? []),
        ['reports.read', { ...read, ...(ofScope ? { policy: ofScope } : {}) }],
      ]),
    });
  }
  const change = async (next: ReturnType<typeof changed>) => ({
    current: test.configuration,
    next,
    isWalked: await isWalked(test.database),
  });

  it('is what a look at everything says, wherever it is said to be exact', async () => {
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(populations, changes, fc.nat({ max: 4 }), async (population, what, rows) => {
        await sql(test.database, 'delete from refresh_tokens');
        await sql(test.database, 'delete from families');
        await sql(test.database, 'delete from sessions');
        await populate(test.database, population);
        await sweepAll(test.database);
        const next = changed(what);
        const all = await previewEnds(test.database, next);
        const ample1 = await estimateEnds(test.database, await change(next), ample);
        assert.deepEqual([ample1.isExact, ample1.ends], [true, all]);
        const tight = { ...ample, rows };
        const found = await estimateEnds(test.database, await change(next), tight);
        if (!found.isExact) return;
        exact += 1;
        assert.deepEqual(found.ends, all);
      }),
      { numRuns: 25 },
    );
    assert.ok(exact > 0);
  });

  /** Sessions of members, active so many seconds ago, with a family bound to each; swept. */
  async function storeMembers(...activeAgo: number[]): Promise<void> {
    const accountId = await storeAccount(test.database, ['member']);
    for (const ago of activeAgo) {
      const sessionId = await storeSession(test.database, { accountId, startedAgo: ago });
      await storeFamily(test.database, { accountId, sessionId, bound: true, startedAgo: ago });
    }
    await sweepAll(test.database);
  }
  const shorter = (session_idle: number) => {
    const { policies } = exampleConfiguration();
    return mergeConfigurations(test.configuration, {
      policies: new Map([
        ...policies,
        ['member', { limits: { ...policies.get('member')?.limits, session_idle }, baselines: [] }],
      ]),
    });
  };

  it('looks at nobody to whom a changed policy does not apply, however many there are', async () => {
    await storeMembers(...Array.from({ length: 20 }, () => 900));
    const adminId = await storeAccount(test.database, ['admin']);
    await storeSession(test.database, { accountId: adminId, startedAgo: 900 });
    await sweepAll(test.database);
    const { policies } = exampleConfiguration();
    const next = mergeConfigurations(test.configuration, {
      policies: new Map([
        ...policies,
        ['admin', { limits: { ...policies.get('admin')?.limits, session_idle: 600 }, baselines: [] }],
      ]),
    });
    const bounds = { ...ample, rows: 3 };
    const { isExact, ends } = await estimateEnds(test.database, await change(next), bounds);
    assert.deepEqual(
      [isExact, ends],
      [true, [{ policy: 'admin', reason: 'idle_timeout', sessions: 1, families: 0 }]],
    );
  });

  it('is a sample where more could end than is looked at, in all as many as there are', async () => {
    await storeMembers(...Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? 900 : 60)));
    const next = shorter(600);
    const { pages: all } = await measureOpen(test.database, 'sessions');
    const { pages: ofFamilies } = await measureOpen(test.database, 'families');
    assert.ok(all > 1 && ofFamilies > 1);
    const sums = { sessions: 0, families: 0 };
    const most = Math.max(all, ofFamilies);
    for (let at = 0; at < most; at += 1) {
      // Each page in its turn.
      const bounds = { rows: 3, people: 0, pages: { least: 1, most: 1 }, draw: () => (at + 0.5) / most };
      const found = await estimateEnds(test.database, await change(next), bounds);
      assert.equal(found.isExact, false);
      for (const table of ['sessions', 'families'] as const) {
        const { count, from, to } = found[table];
        assert.ok(from <= count && count <= to && to > 0, table);
        sums[table] += count;
      }
    }
    if (all === most) assert.equal(Math.round(sums.sessions / all), 20);
    if (ofFamilies === most) assert.equal(Math.round(sums.families / ofFamilies), 20);
  });

  it('is exact where every page is looked at', async () => {
    await storeMembers(...Array.from({ length: 20 }, () => 900));
    const bounds = { ...ample, rows: 3, people: 0, pages: { least: 1000, most: 1000 } };
    const found = await estimateEnds(test.database, await change(shorter(600)), bounds);
    assert.deepEqual(
      [found.isExact, found.sessions, found.ends],
      [
        true,
        { count: 20, from: 20, to: 20 },
        [{ policy: 'member', reason: 'idle_timeout', sessions: 20, families: 20 }],
      ],
    );
  });

  it('trusts no moment of the last look while what is open is walked through', async () => {
    await storeMembers(900);
    const next = shorter(600);
    await test.apply({
      policies: new Map([...exampleConfiguration().policies, ['spare', { limits: {}, baselines: [] }]]),
    });
    assert.equal((await change(next)).isWalked, false);
    await sql(test.database, "update sessions set check_at = 'infinity'");
    const found = await estimateEnds(test.database, await change(next), {
      ...ample,
      pages: { least: 1000, most: 1000 },
    });
    assert.deepEqual(found.sessions, { count: 1, from: 1, to: 1 });
  });
});
