import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeConfiguration } from '../../src/cli/export.ts';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import type { DesiredConfiguration } from '../../src/domain/configuration.ts';
import { addAccount } from '../../src/operations/add_account.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { deleteAccount } from '../../src/operations/delete_account.ts';
import { rehearse } from '../../src/operations/rehearse.ts';
import { revertConfiguration } from '../../src/operations/revert_configuration.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { listConfigurationVersions } from '../../src/store/configuration_history.ts';
import { disableClient } from '../../src/operations/disable_client.ts';
import { configurationFiles } from '../support/configuration_files.ts';
import { client, exampleConfiguration, portal, shop } from '../support/example_configuration.ts';
import type { ExampleConfiguration } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot, sqlOne } from '../support/sql.ts';
import { storeAccount, storeSession } from '../support/stored_facts.ts';

describe('revertConfiguration', () => {
  let test: OperationTest;
  let example: ExampleConfiguration;

  beforeEach(async () => {
    test = await prepareOperationTest();
    example = { ...exampleConfiguration(), users: undefined };
  });
  afterEach(() => test.drop());

  const origin = { actor: 'test' };
  const revert = (version: number, message?: string) =>
    test.database.transaction((tx) => revertConfiguration(tx, version, { origin, message }));
  const standing = () => loadConfiguration(test.database);
  const versionNow = async () => (await standing()).version;
  /** Without the header, which names a version. */
  const written = async () => {
    const text = describeConfiguration(await standing(), { schema: '' });
    return text.slice(text.indexOf('\npolicies:'));
  };
  const withShop = (own: Parameters<typeof client>[1]): DesiredConfiguration => ({
    clients: new Map([...example.clients, ['shop', client('shop', own)]]),
  });
  const without = (name: string) => new Map([...example.clients].filter(([clientId]) => clientId !== name));

  it('gives back every version of any history, each as a new one, and rewrites none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(configurationFiles, { minLength: 2, maxLength: 4 }), async (files) => {
        const then = new Map<number, string>();
        for (const file of files) {
          const wanted = parseConfigurationFile(JSON.stringify(file), { env: {} });
          await test.apply(wanted);
          then.set(await versionNow(), await written());
        }
        for (const [version, text] of then) {
          const [before, history] = [await versionNow(), await listHistory()];
          const { differences, users } = await revert(version);
          assert.equal(await written(), text);
          assert.deepEqual(users, []);
          assert.equal(await versionNow(), before + (differences.length > 0 ? 1 : 0));
          assert.deepEqual((await listHistory()).slice(-history.length), history);
          const again = await revert(version);
          assert.deepEqual(again.differences, [], 'nothing is left to do');
        }
      }),
      { numRuns: 8 },
    );
  });

  const listHistory = () => listConfigurationVersions(test.database, { most: 1000, mostChanges: 1000 });

  it('says who, why and to which version, in the history and in the trail', async () => {
    const then = await versionNow();
    await test.apply({ branding: { name: 'Other' } });
    await revert(then, 'Too soon');
    const [{ author, message, revertsTo, version } = assert.fail()] = await listHistory();
    assert.deepEqual([author, message, revertsTo], ['test', 'Too soon', then]);
    const { detail } = await sqlOne<{ detail: Record<string, unknown> }>(
      test.database,
      `select detail from audit_events where name = 'configuration.applied' order by event_id desc limit 1`,
    );
    const { differences: _, ...told } = detail;
    assert.deepEqual(told, { actor: 'test', version, message: 'Too soon', reverts_to: then });
  });

  it('leaves the secret that a client has now, and says that it is another', async () => {
    const then = await versionNow();
    const secret = 'another secret of sixteen or more';
    await test.apply(withShop({ secret, trusted: true }));
    const { secretHash } = (await standing()).clients.get('shop') ?? {};
    const { unrestored } = await revert(then);
    assert.deepEqual(unrestored, [{ clientId: 'shop', what: 'secret_kept', since: then + 1 }]);
    assert.deepEqual((await standing()).clients.get('shop')?.secretHash, secretHash);
  });

  it('brings back a client that was removed, with a secret that nobody knows', async () => {
    const then = await versionNow();
    const { secretHash } = (await standing()).clients.get('shop') ?? {};
    await test.apply({ clients: without('shop') });
    const { unrestored, differences } = await revert(then);
    assert.deepEqual(unrestored, [{ clientId: 'shop', what: 'secret_lost' }]);
    assert.deepEqual(
      differences.map(({ name, kind }) => `${kind} ${name}`),
      ['added shop'],
    );
    const back = (await standing()).clients.get('shop');
    assert.equal(back?.secretHash?.length, 32, 'it is not public');
    assert.notDeepEqual(back?.secretHash, secretHash);
    assert.equal(back?.metadata.token_endpoint_auth_method, 'client_secret_basic');
    assert.deepEqual((await revert(then)).differences, []);
  });

  it('brings back a client that was disabled as disabled, and enables none that is disabled now', async () => {
    await test.database.transaction((tx) => disableClient(tx, 'shop', origin));
    const then = await versionNow();
    await test.apply({ clients: without('shop') });
    await test.database.transaction((tx) => disableClient(tx, 'portal', origin));
    await revert(then);
    const { clients } = await standing();
    assert.deepEqual(
      [shop.clientId, portal.clientId, 'spa'].map((name) => clients.get(name)?.disabled),
      [true, true, false],
    );
  });

  it('ends first what is over under the limits that it lifts, and revives nothing', async () => {
    const long = new Map([
      ...example.policies,
      ['member', { limits: { session_idle: 86_400 }, baselines: [] }],
    ]);
    await test.apply({ policies: long });
    const then = await versionNow();
    await test.apply({ policies: example.policies });
    const accountId = await storeAccount(test.database, ['member']);
    await storeSession(test.database, { accountId, clientIds: [], startedAgo: 7200, activeAgo: 7200 });
    const { ended } = await revert(then);
    assert.equal(ended.sessions, 1);
  });

  it('refuses a version that the history does not have, and one that names what is no more', async () => {
    const then = await versionNow();
    await assert.rejects(revert(then + 1), { code: 'version_unknown' });
    await assert.rejects(revert(0), { code: 'version_unknown', message: /the history has 1 to 2/ });
    assert.equal(await versionNow(), then);
  });

  it('writes nothing where it is only rehearsed', async () => {
    const then = await versionNow();
    await test.apply({ clients: without('shop') });
    const before = await snapshot(test.database);
    const { differences } = await rehearse(test.database, (tx) => revertConfiguration(tx, then, { origin }));
    assert.equal(differences.length, 1);
    assert.deepEqual(await snapshot(test.database), before);
  });

  it('keeps of a deleted person a pseudonym, the same that stands in the trail', async () => {
    const { database, configuration } = test;
    const accountId = await database.transaction((tx) =>
      addAccount(tx, configuration, { username: 'ada', roles: [] }, origin),
    );
    const change = { branding: { name: 'By Ada' } };
    await database.transaction((tx) =>
      applyConfiguration(tx, change, { origin: { actor: `admin:${accountId}` } }),
    );
    const [made] = await listHistory();
    assert.deepEqual([made?.author, made?.accountId, made?.username], ['admin', accountId, 'ada']);
    await database.transaction((tx) => deleteAccount(tx, configuration, accountId, origin));
    const [kept] = await listHistory();
    const { subject } = await sqlOne<{ subject: string }>(
      database,
      `select account_id as subject from audit_events where name = 'account.erased'`,
    );
    assert.match(subject, /^erased:/);
    assert.deepEqual([kept?.accountId, kept?.username], [subject, null]);
  });
});
