import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { applyFile } from '../../src/cli/apply_file.ts';
import { describeConfiguration } from '../../src/cli/export.ts';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { renderJsonSchema } from '../../src/config/json_schema.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { configurationFiles } from '../support/configuration_files.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { ada, exampleConfiguration, shop } from '../support/example_configuration.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { snapshot, sql } from '../support/sql.ts';

describe('an exported configuration', function exporting() {
  this.timeout(120_000);
  let test: TestDatabase;
  let other: TestDatabase;

  before(async () => {
    [test, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });
  after(() => Promise.all([test.drop(), other.drop()]));

  const exportOf = async ({ database }: TestDatabase, secretHashes: boolean) =>
    describeConfiguration(await loadConfiguration(database), { schema: 'curfew.schema.json', secretHashes });
  const apply = ({ database }: TestDatabase, text: string) =>
    applyFile(database, parseConfigurationFile(text, { env: {} }), { dryRun: false, actor: 'test' });
  /** Without the header, which names a version. */
  const sections = (text: string) => text.slice(text.indexOf('\npolicies:'));

  it('is nothing to do where it came from, and makes another database the same', async () => {
    await fc.assert(
      fc.asyncProperty(configurationFiles, async (file) => {
        await apply(test, JSON.stringify(file));
        const { version, ...before } = await loadConfiguration(test.database);
        const exported = await exportOf(test, false);
        const { differences } = await apply(test, exported);
        assert.deepEqual(differences, []);
        assert.equal((await loadConfiguration(test.database)).version, version);
        assert.equal(await exportOf(test, false), exported);

        const whole = await exportOf(test, true);
        await apply(other, whole);
        assert.equal(sections(await exportOf(other, true)), sections(whole));
        const { version: _its, ...after } = await loadConfiguration(other.database);
        const withoutVersions = ({ policies, ...rest }: typeof before) => ({
          ...rest,
          policies: [...policies].map(([name, { limits, baselines }]) => ({ name, limits, baselines })),
        });
        assert.deepEqual(withoutVersions(after), withoutVersions(before));
      }),
      { numRuns: 25 },
    );
  });
});

describe('curfew export', function exporting() {
  this.timeout(120_000);
  let test: TestDatabase;
  let directory: string;

  before(async () => {
    test = await createTestDatabase();
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-export-'));
    await test.database.transaction((tx) =>
      applyConfiguration(tx, exampleConfiguration(), { origin: { actor: 'test' } }),
    );
    await sql(test.database, `update clients set disabled_at = curfew_now() where client_id = 'portal'`);
  });
  after(async () => {
    await endProcesses();
    await test.drop();
    await rm(directory, { recursive: true, force: true });
  });

  const curfew = (...args: string[]) => runCurfew(args, { CURFEW_DATABASE_URL: test.serverUrl });

  it('writes what apply takes back as nothing to change, without secrets and accounts', async () => {
    const { code, stdout, stderr } = await curfew('export');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^# yaml-language-server: \$schema=curfew\.schema\.json\n/);
    assert.match(stdout, /^ {2}# disabled, .*\n {2}- client_id: portal$/m);
    assert.doesNotMatch(stdout, /[0-9a-f]{64}|users:/);
    assert.ok(!stdout.includes(shop.secret) && !stdout.includes(ada.username));

    const file = path.join(directory, 'again.yaml');
    await writeFile(file, stdout.replace(/^# yaml-language-server.*\n/, ''));
    // The example's clients lack what a file writes out: after one round there is nothing to do.
    await curfew('apply', file);
    const before = await snapshot(test.database);
    const again = await curfew('apply', file);
    assert.deepEqual([again.code, again.stdout, again.stderr], [0, '', 'Nothing to change.\n']);
    assert.deepEqual(await snapshot(test.database), before);
    const [{ enabled } = { enabled: -1 }] = await sql<{ enabled: number }>(
      test.database,
      'select count(*)::int as enabled from clients where disabled_at is null and secret_hash is not null',
    );
    assert.equal(enabled, 1, 'secrets and what is disabled stay');
  });

  it('writes to a file, and names a schema of its own choice', async () => {
    const file = path.join(directory, 'curfew.yaml');
    const { code, stdout } = await curfew('export', '--output', file, '--schema', '../schema.json');
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(
      await readFile(file, 'utf8'),
      /^# yaml-language-server: \$schema=\.\.\/schema\.json\n\n?# Version/,
    );
    const refused = await curfew('export', '--output', path.join(directory, 'absent', 'curfew.yaml'));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^\S+curfew\.yaml cannot be written: .*\n$/);
  });

  it('gives hashes for another database where it is asked to', async () => {
    const { stdout } = await curfew('export', '--secret-hashes');
    assert.match(stdout, /client_secret_sha256: "?[0-9a-f]{64}/);
    assert.ok(!stdout.includes('client_secret_stored: true'));
  });

  it('names every client whose secret a new database lacks', async () => {
    const fresh = await createTestDatabase();
    try {
      const file = path.join(directory, 'fresh.yaml');
      await curfew('export', '--output', file);
      const { code, stderr } = await runCurfew(['apply', file], { CURFEW_DATABASE_URL: fresh.serverUrl });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^clients\.portal: no secret is stored .*\nclients\.shop: no secret is stored .*\n$/,
      );
    } finally {
      await fresh.drop();
    }
  });

  it('has the schema beside it', async () => {
    const { code, stdout } = await runCurfew(['schema']);
    assert.deepEqual([code, stdout], [0, renderJsonSchema()]);
  });
});
