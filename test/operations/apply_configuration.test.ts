import assert from 'node:assert/strict';
import { builtInDefaultPolicy } from '../../src/domain/policies.ts';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { client, exampleConfiguration } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot, sql, sqlOne } from '../support/sql.ts';

describe('applyConfiguration', () => {
  let test: OperationTest;
  /** What stands, with a change of its own for each test. */
  let wanted: ExampleConfiguration;

  before(async () => {
    test = await prepareOperationTest();
  });
  after(() => test.drop());
  beforeEach(async () => {
    wanted = { ...exampleConfiguration(), users: undefined };
    await test.apply(wanted);
  });

  const readVersion = async () => (await loadConfiguration(test.database)).version;
  const limits = (refreshIdle: number) => ({ limits: { refresh_idle: refreshIdle }, baselines: [] });

  it('makes the database match what is wanted, in one new version, and tells every difference', async () => {
    const before = await readVersion();
    const desired: DesiredConfiguration = {
      policies: new Map([...wanted.policies, ['guest', limits(60)]]),
      roles: new Map([...(wanted.roles ?? []), ['guest', { name: 'guest', policy: 'guest' }]]),
      clients: new Map([...wanted.clients, ['shop', client('shop', { trusted: false, policy: 'guest' })]]),
    };
    const { differences, ended } = await test.apply(desired);
    assert.deepEqual(ended, { sessions: 0, families: 0 });
    const told = differences.map(({ section, name, kind }) => `${kind} ${section}.${name}`);
    assert.deepEqual(told, ['added policies.guest', 'added roles.guest', 'changed clients.shop']);
    const loaded = await loadConfiguration(test.database);
    assert.equal(loaded.version, before + 1);
    assert.deepEqual(loaded.policies.get('guest')?.limits, { refresh_idle: 60 });
    assert.equal(loaded.roles.get('guest')?.policy, 'guest');
    assert.equal(loaded.clients.get('shop')?.policy, 'guest');
    assert.equal(loaded.clients.get('shop')?.secretHash, undefined);
    const text = `select detail from audit_events where name = 'configuration.applied' order by event_id desc limit 1`;
    const { detail } = await sqlOne<{ detail: Record<string, unknown> }>(test.database, text);
    assert.deepEqual(Object.keys(detail), ['actor', 'version', 'differences']);
    assert.equal(detail.version, before + 1);
    assert.doesNotMatch(JSON.stringify(detail), /[0-9a-f]{64}/, 'not even the hash of a secret');
  });

  it('changes nothing the second time, not even the version', async () => {
    const before = await snapshot(test.database);
    assert.deepEqual(await test.apply(wanted), {
      differences: [],
      users: [],
      ended: { sessions: 0, families: 0 },
      warnings: [
        {
          path: 'scopes.payments.write',
          message: 'nobody can get it: no enabled account has the role admin',
        },
      ],
    });
    assert.deepEqual(await snapshot(test.database), before);
  });

  it('keeps how long the trail is kept', async () => {
    const retention = 60 * 86_400;
    const { differences } = await test.apply({ audit: { retention } });
    assert.deepEqual(differences, [
      {
        section: 'audit',
        name: 'audit',
        kind: 'changed',
        fields: [{ field: 'retention', from: undefined, to: retention }],
      },
    ]);
    assert.deepEqual((await loadConfiguration(test.database)).audit, { retention });
    assert.deepEqual((await test.apply({ audit: { retention } })).differences, []);
  });

  it('takes branding for a change as well: once, in a new version, with an event', async () => {
    const countEvents = async () => (await sql(test.database, 'select from audit_events')).length;
    const [version, events] = [await readVersion(), await countEvents()];
    await test.apply({ branding: { name: 'Example' } });
    assert.deepEqual((await loadConfiguration(test.database)).branding, { name: 'Example' });
    await test.apply({ branding: { name: 'Example' } });
    assert.deepEqual([await readVersion(), await countEvents()], [version + 1, events + 1]);
  });

  it('lets every part name the policy default, which is built in', async () => {
    const clients = new Map([...wanted.clients, ['new', client('new', { policy: 'default' })]]);
    const { differences } = await test.apply({ clients });
    assert.deepEqual(
      differences.map(({ name }) => name),
      ['new'],
    );
  });

  for (const section of ['policies', 'roles', 'scopes', 'resources', 'clients'] as const) {
    it(`leaves ${section} alone where they are absent`, async () => {
      const { differences } = await test.apply({ ...wanted, [section]: undefined });
      assert.deepEqual(differences, []);
    });
  }

  describe('gives a policy', () => {
    const readVersions = (name: string) =>
      sql(
        test.database,
        'select version, limits, removed, created_by from policy_versions where name = $1 order by version',
        name,
      );
    const apply = (policies: ExampleConfiguration['policies']) =>
      test.apply({ policies: new Map([...wanted.policies, ...policies]) });

    it('a version for each change, which are all kept, its removal and return too', async () => {
      await apply(new Map([['changing', limits(60)]]));
      await apply(new Map([['changing', limits(70)]]));
      assert.equal((await loadConfiguration(test.database)).policies.get('changing')?.version, 2);
      await apply(new Map());
      assert.equal((await loadConfiguration(test.database)).policies.has('changing'), false);
      await apply(new Map([['changing', limits(80)]]));
      assert.equal((await loadConfiguration(test.database)).policies.get('changing')?.version, 4);
      const by = { created_by: 'test' };
      assert.deepEqual(await readVersions('changing'), [
        { version: 1, limits: { refresh_idle: 60 }, removed: false, ...by },
        { version: 2, limits: { refresh_idle: 70 }, removed: false, ...by },
        { version: 3, limits: {}, removed: true, ...by },
        { version: 4, limits: { refresh_idle: 80 }, removed: false, ...by },
      ]);
    });

    it('no new version when another one changes', async () => {
      await apply(new Map([['steady', limits(60)]]));
      await apply(
        new Map([
          ['steady', limits(60)],
          ['other', limits(61)],
        ]),
      );
      assert.equal((await readVersions('steady')).length, 1);
    });

    it('that is called default the right to be changed, and not to be removed', async () => {
      await apply(new Map([['default', limits(60)]]));
      await apply(new Map([['default', limits(70)]]));
      const { differences } = await test.apply({ policies: wanted.policies });
      assert.deepEqual(differences, []);
      assert.deepEqual((await loadConfiguration(test.database)).policies.get('default')?.limits, {
        ...builtInDefaultPolicy.limits,
        refresh_idle: 70,
      });
    });
  });

  it('does one change at a time, each from what the other left', async () => {
    const before = await readVersion();
    const names = ['first', 'second', 'third'];
    await Promise.all(
      names.map((name) => test.apply({ policies: new Map([...wanted.policies, [name, limits(60)]]) })),
    );
    const { policies, version } = await loadConfiguration(test.database);
    assert.equal(
      names.filter((name) => policies.has(name)).length,
      1,
      'the last one removed what it did not name',
    );
    assert.equal(version, before + 3);
  });
});
