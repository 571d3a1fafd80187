import assert from 'node:assert/strict';
import { hashToken } from '../../src/credentials/token_hash.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { exampleConfiguration, shop } from '../support/example_configuration.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { snapshot, sql } from '../support/sql.ts';
import { storeAccount, storeFamily, storeSession } from '../support/stored_facts.ts';

describe('curfew client', function () {
  this.timeout(120_000);
  let test: TestDatabase;

  beforeEach(async () => {
    test = await createTestDatabase();
    const configuration = { ...exampleConfiguration(), users: undefined };
    await test.database.transaction((tx) => applyConfiguration(tx, configuration, { origin: {} }));
  });
  afterEach(async () => {
    await endProcesses();
    await test.drop();
  });

  const client = (...args: string[]) =>
    runCurfew(['client', ...args], { CURFEW_DATABASE_URL: test.serverUrl });
  async function read<Document>(...args: string[]): Promise<Document> {
    const { code, stdout, stderr } = await client(...args, '--json');
    assert.deepEqual([code, stderr], [0, ''], stdout);
    return JSON.parse(stdout) as Document;
  }
  const stored = async (clientId: string) => (await loadConfiguration(test.database)).clients.get(clientId);
  const authors = async () =>
    (
      await sql<{ author: string }>(
        test.database,
        'select author from configuration_versions order by version desc limit 1',
      )
    ).map(({ author }) => author);
  const redirect = ['--redirect-uri', 'https://web.example.com/callback'];

  it('adds each kind of app, and prints a secret once where the kind has one', async () => {
    const kinds: [kind: string, rest: string[], hasSecret: boolean][] = [
      ['web', redirect, true],
      ['bff', redirect, true],
      ['spa', redirect, false],
      ['service', ['--scope', 'reports.read'], true],
      ['device', [], false],
    ];
    for (const [kind, rest, hasSecret] of kinds) {
      const added = await read<{ clientId: string; kind: string; secret: string | null }>(
        'add',
        `new-${kind}`,
        '--kind',
        kind,
        ...rest,
      );
      assert.deepEqual([added.clientId, added.kind], [`new-${kind}`, kind]);
      const found = await stored(`new-${kind}`);
      assert.equal(added.secret !== null, hasSecret);
      assert.deepEqual(found?.secretHash, added.secret === null ? undefined : hashToken(added.secret));
    }
    assert.deepEqual(await authors(), ['curfew client add']);
    const { code, stdout, stderr } = await client('add', 'piped', '--kind', 'web', ...redirect);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^This is the secret of piped, told only now; only a hash is kept\.\n$/);
    assert.deepEqual((await stored('piped'))?.secretHash, hashToken(stdout.trimEnd()));
    const told = await client('add', 'open', '--kind', 'spa', ...redirect, '--name', 'An open app');
    assert.deepEqual([told.stdout, told.stderr], ['open is added; it has no secret.\n', '']);
    assert.equal((await stored('open'))?.metadata.client_name, 'An open app');
  });

  it('lists and shows clients, without anything secret', async () => {
    const listed = await read<{ clientId: string }[]>('list');
    assert.deepEqual(
      listed.map(({ clientId }) => clientId),
      ['portal', 'shop', 'spa'],
    );
    assert.deepEqual(
      (await read<{ clientId: string }[]>('list', '--after', 'portal')).map(({ clientId }) => clientId),
      ['shop', 'spa'],
    );
    assert.match(
      (await client('list')).stdout,
      /^shop {4}enabled {2}authorization_code, refresh_token {2}client_secret_basic {2}no policy of its own {2}The shop$/m,
    );
    const rotated = await read<{ formerEndsAt: string }>('rotate-secret', 'shop');
    const shown = await read<Record<string, unknown>>('show', 'shop');
    assert.deepEqual(
      [shown.disabled, shown.hasSecret, shown.formerSecretsEndAt, shown.families],
      [false, true, [rotated.formerEndsAt], 0],
    );
    const text = (await client('show', 'shop')).stdout;
    assert.match(text, /^secret: kept as a hash$/m);
    assert.match(text, new RegExp(`^secret before it: good until ${rotated.formerEndsAt}$`, 'm'));
    const hash = hashToken(shop.secret).toString('hex');
    for (const told of [text, JSON.stringify([shown, listed])]) assert.ok(!told.includes(hash));
  });

  it('disables one, says what ended, and enables it again', async () => {
    const accountId = await storeAccount(test.database);
    const sessionId = await storeSession(test.database, { accountId });
    for (const bound of [true, false]) await storeFamily(test.database, { accountId, sessionId, bound });
    assert.equal((await read<{ families: number }>('show', 'shop')).families, 2);
    const disabled = await client('disable', 'shop');
    assert.deepEqual([disabled.code, disabled.stdout], [0, 'shop is disabled; ended 2 families.\n']);
    assert.equal((await stored('shop'))?.disabled, true);
    assert.deepEqual(await authors(), ['curfew client disable']);
    assert.match((await client('list')).stdout, /^shop {4}disabled {2}/m);
    assert.deepEqual(await read('disable', 'shop'), { clientId: 'shop', families: 0 });
    assert.deepEqual(await read('enable', 'shop'), { clientId: 'shop' });
    assert.equal((await client('enable', 'shop')).stdout, 'shop is enabled.\n');
    assert.equal((await stored('shop'))?.disabled, false);
  });

  it('rotates a secret, for a day beside the one before unless told otherwise', async () => {
    const rotated = await client('rotate-secret', 'shop');
    assert.equal(rotated.code, 0, rotated.stderr);
    assert.match(
      rotated.stderr,
      /^This is the secret of shop, .*; the one before is good until \d{4}-.*Z\.\n$/,
    );
    assert.deepEqual((await stored('shop'))?.secretHash, hashToken(rotated.stdout.trimEnd()));
    const events = await sql<{ overlap: number }>(
      test.database,
      `select (detail ->> 'overlap')::int as overlap from audit_events where name = 'client.secret_rotated'`,
    );
    assert.deepEqual(events, [{ overlap: 86_400 }]);
    const last = await read<{ formerEndsAt: string | null }>('rotate-secret', 'shop', '--overlap', '0s');
    assert.equal(last.formerEndsAt, null);
    assert.equal((await stored('shop'))?.formerSecrets, undefined);
  });

  it('removes one, and says what ended', async () => {
    const accountId = await storeAccount(test.database);
    const sessionId = await storeSession(test.database, { accountId });
    await storeFamily(test.database, { accountId, sessionId, clientId: 'spa', bound: false });
    const removed = await client('remove', 'spa');
    assert.deepEqual(
      [removed.code, removed.stdout],
      [0, 'spa is removed; ended 1 families.\n'],
      removed.stderr,
    );
    assert.equal(await stored('spa'), undefined);
    assert.deepEqual(await authors(), ['curfew client remove']);
    const again = await client('remove', 'spa', '--json');
    assert.deepEqual([again.code, again.stderr], [1, 'There is no client spa.\n']);
  });

  it('refuses in one line what cannot be done, and changes nothing', async () => {
    const before = await snapshot(test.database);
    const refusals: [args: string[], reason: RegExp, exit: number][] = [
      [['add', 'shop', '--kind', 'web', ...redirect], /^There is already a client shop\.$/m, 1],
      [['add', 'new', '--kind', 'web', '--redirect-uri', 'nowhere'], /^redirect_uris: must be/, 1],
      [
        ['add', 'new', '--kind', 'web', '--redirect-uri', 'https://a.example/#b'],
        /^redirect_uris\[0\]: must/,
        1,
      ],
      [['add', 'a b', '--kind', 'device'], /^client_id: must be at most 200 visible/, 1],
      [['add', 'new', '--kind', 'device', '--scope', 'nothing'], /^scope: there is no scope nothing$/m, 1],
      [['add', 'new', '--kind', 'web'], /needs --redirect-uri/, 2],
      [['add', 'new', '--kind', 'device', ...redirect], /leave out --redirect-uri/, 2],
      [['add', 'new', '--kind', 'toaster'], /Allowed choices are web, bff, spa, service, device/, 2],
      [['add', 'new'], /required option '--kind/, 2],
      [['disable', 'none'], /^There is no client none\.$/m, 1],
      [['enable', 'none'], /^There is no client none\.$/m, 1],
      [['show', 'none'], /^There is no client none\.$/m, 1],
      [['rotate-secret', 'none'], /^There is no client none\.$/m, 1],
      [['rotate-secret', 'spa'], /^spa has no secret/, 1],
      [['rotate-secret', 'shop', '--overlap', 'PT24H'], /such as 0s, 15m or 8h/, 2],
      [['rotate-secret', 'shop', '--overlap', '31d'], /at most 30d/, 2],
    ];
    for (const [args, reason, exit] of refusals) {
      const { code, stdout, stderr } = await client(...args);
      assert.deepEqual([code, stdout], [exit, ''], stderr);
      assert.match(stderr, reason);
      if (exit === 1) assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    }
    assert.deepEqual(await snapshot(test.database), before);
  });
});
