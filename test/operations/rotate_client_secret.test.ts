import assert from 'node:assert/strict';
import { provesClient } from '../../src/credentials/proves_client.ts';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { describeConfiguration } from '../../src/cli/export.ts';
import { disableClient } from '../../src/operations/disable_client.ts';
import { rotateClientSecret } from '../../src/operations/rotate_client_secret.ts';
import { revertConfiguration } from '../../src/operations/revert_configuration.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { listConfigurationVersions } from '../../src/store/configuration_history.ts';
import { readNow } from '../../src/store/sessions.ts';
import { client, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { prepareOperationTest } from '../support/operations.ts';
import type { OperationTest } from '../support/operations.ts';
import { snapshot, sql, sqlOne } from '../support/sql.ts';
import { findEnd, storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

const day = 86_400;

describe('rotateClientSecret', () => {
  let test: OperationTest;

  beforeEach(async () => {
    test = await prepareOperationTest();
  });
  afterEach(() => test.drop());

  const origin = { actor: 'curfew client rotate-secret' };
  const rotate = (overlap: number, clientId = 'shop') =>
    test.database.transaction((tx) => rotateClientSecret(tx, { clientId, overlap }, origin));
  const standing = async () => await loadConfiguration(test.database);
  /** Which of these secrets prove the client now. */
  const listGood = async (...secrets: string[]) => {
    const known = (await standing()).clients.get('shop') ?? {};
    const now = await readNow(test.database);
    return secrets.filter((secret) => provesClient(known, secret, now));
  };
  const countFormer = async () =>
    (await sqlOne<{ count: number }>(test.database, 'select count(*)::int from former_client_secrets')).count;

  it('gives a new secret of 256 random bits, beside which the one before is good until its very end', async () => {
    const { secret, formerEndsAt } = await rotate(60);
    assert.match(secret, /^[\w-]{43}$/);
    assert.equal(formerEndsAt, (await readNow(test.database)) + 60_000_000);
    assert.deepEqual(await listGood(shop.secret, secret, 'another'), [shop.secret, secret]);
    await test.clock.set(59);
    assert.deepEqual(await listGood(shop.secret, secret), [shop.secret, secret]);
    await test.clock.set(60);
    assert.deepEqual(await listGood(shop.secret, secret), [secret]);
  });

  it('ends the one before at once without an overlap', async () => {
    const { secret, formerEndsAt } = await rotate(0);
    assert.equal(formerEndsAt, undefined);
    assert.deepEqual(await listGood(shop.secret, secret), [secret]);
    assert.equal(await countFormer(), 0);
  });

  it('keeps earlier ones as long as they had, or the new overlap where that is shorter', async () => {
    const first = await rotate(100);
    const second = await rotate(10);
    const all = [shop.secret, first.secret, second.secret];
    assert.deepEqual(await listGood(...all), all);
    await test.clock.set(10);
    assert.deepEqual(await listGood(...all), [second.secret]);
    const third = await rotate(50);
    await test.clock.set(20);
    const fourth = await rotate(100);
    await test.clock.set(59);
    assert.deepEqual(await listGood(second.secret, third.secret), [second.secret, third.secret]);
    await test.clock.set(60);
    assert.deepEqual(await listGood(second.secret, third.secret, fourth.secret), [
      third.secret,
      fourth.secret,
    ]);
  });

  it('lets no more than five of before be good, unless the new one is to be the only one', async () => {
    for (let times = 0; times < 5; times += 1) await rotate(day);
    const before = await snapshot(test.database);
    await assert.rejects(rotate(day), { code: 'client_secret', message: /5 earlier secrets .*good/ });
    assert.deepEqual(await snapshot(test.database), before);
    const { secret } = await rotate(0);
    assert.deepEqual(await listGood(shop.secret, secret), [secret]);
  });

  it('refuses a client without a secret, and one that there is not', async () => {
    await assert.rejects(rotate(0, 'spa'), { code: 'client_secret', message: /^spa has no secret/ });
    await assert.rejects(rotate(0, 'none'), { code: 'client_unknown' });
  });

  it('ends no session and no family, and leaves a disabled client disabled', async () => {
    const accountId = await storeAccount(test.database, ['member']);
    const sessionId = await storeSession(test.database, { accountId, clientIds: ['shop'] });
    const { familyId } = await storeFamily(test.database, { accountId, sessionId, bound: true });
    await rotate(0);
    assert.equal((await findEnd(test.database, 'families', familyId)).reason, null);
    assert.equal((await findEnd(test.database, 'sessions', sessionId)).reason, null);
    await test.database.transaction((tx) => disableClient(tx, 'shop', origin));
    await rotate(0);
    assert.equal((await standing()).clients.get('shop')?.disabled, true);
  });

  it('makes a version by who did it and an event; neither, nor what is exported, holds a secret or its hash', async () => {
    const { secret } = await rotate(day);
    const { version } = await standing();
    const [made] = await listConfigurationVersions(test.database, { most: 1, mostChanges: 5 });
    assert.deepEqual(
      [made?.version, made?.author, made?.changes.map(({ after }) => after?.secret_version)],
      [version, 'curfew client rotate-secret', [version]],
    );
    const events = await sql<{ detail: Record<string, unknown> }>(
      test.database,
      `select detail from audit_events where name = 'client.secret_rotated' and client_id = 'shop'`,
    );
    const { former_ends_at: endsAt, ...detail } = events[0]?.detail ?? {};
    assert.deepEqual(detail, { version, overlap: day, actor: 'curfew client rotate-secret' });
    assert.match(String(endsAt), /^\d{4}-.*Z$/);
    const { kept } = await sqlOne<{ kept: string }>(
      test.database,
      `select json_build_array((select json_agg(c) from configuration_changes c),
         (select json_agg(v) from configuration_versions v), (select json_agg(e) from audit_events e))::text as kept`,
    );
    const exported = [false, true].map(async (secretHashes) =>
      describeConfiguration(await standing(), { schema: '', secretHashes }),
    );
    const [plain = '', withHashes = ''] = await Promise.all(exported);
    for (const one of [secret, shop.secret]) {
      const hash = hashToken(one).toString('hex');
      for (const text of [kept, plain]) assert.ok(!text.includes(one) && !text.includes(hash));
    }
    assert.ok(withHashes.includes(hashToken(secret).toString('hex')));
    assert.ok(!withHashes.includes(hashToken(shop.secret).toString('hex')), 'the one before is not exported');
  });

  it('is kept by a file that keeps secrets and by a revert; a file with another secret ends all of before', async () => {
    const { secret } = await rotate(day);
    const { clients } = exampleConfiguration();
    const then = (await standing()).version;
    const { secretHash: _, ...kept } = client('shop', { secret, trusted: true });
    await test.apply({ clients: new Map([...clients, ['shop', { ...kept, keepsSecret: true }]]) });
    assert.deepEqual(await listGood(shop.secret, secret), [shop.secret, secret]);
    await test.database.transaction((tx) => revertConfiguration(tx, then, { origin }));
    assert.deepEqual(await listGood(shop.secret, secret), [shop.secret, secret]);
    const third = 'a third secret of sixteen or more';
    await test.apply({ clients: new Map([...clients, ['shop', client('shop', { secret: third })]]) });
    assert.deepEqual(await listGood(shop.secret, secret, third), [third]);
    assert.equal(await countFormer(), 0);
  });

  it('leaves nothing behind when the client is removed', async () => {
    await rotate(day);
    const { clients } = exampleConfiguration();
    await test.apply({ clients: new Map([...clients].filter(([clientId]) => clientId !== 'shop')) });
    assert.equal(await countFormer(), 0);
  });
});
