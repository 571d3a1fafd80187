import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { examine } from '../../src/cli/doctor/examine.ts';
import type { Area, Finding } from '../../src/cli/doctor/finding.ts';
import { createSecretsAtRest } from '../../src/credentials/secrets_at_rest.ts';
import { createSealer } from '../../src/events/seal_events.ts';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { ensureSigningKeys } from '../../src/operations/ensure_signing_keys.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { exampleConfiguration } from '../support/example_configuration.ts';
import { asOwner } from '../support/owner.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { findFreePort } from '../support/ports.ts';
import { startTestServer, testSecret } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { snapshot, sql } from '../support/sql.ts';

type Env = Record<string, string>;

describe('curfew doctor', function doctor() {
  this.timeout(120_000);
  let server: TestServer;
  let env: Env;
  before(async () => {
    server = await startTestServer(exampleConfiguration());
    env = {
      CURFEW_DATABASE_URL: server.test.serverUrl,
      CURFEW_ISSUER: server.issuer,
      CURFEW_SECRET: testSecret.toString('base64'),
    };
  });
  after(async () => {
    await endProcesses();
    await server.stop();
  });

  it('says of each area of a sound server that it is good', async () => {
    const { code, stdout, stderr } = await runCurfew(['doctor'], env);
    assert.deepEqual([code, stderr], [0, ''], stdout);
    const lines = stdout.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => line.split(/ +/).slice(0, 2)),
      [
        ['good', 'configuration'],
        ['good', 'database'],
        ['good', 'migrations'],
        ['good', 'clock'],
        ['good', 'issuer'],
        ['good', 'keys'],
        ['good', 'secrets'],
        ['good', 'outbox'],
        ['good', 'audit'],
        ['good', 'baselines'],
      ],
    );
  });

  it('ends with 1 where something is wrong, as one JSON document too', async () => {
    const port = await findFreePort();
    const broken = { ...env, CURFEW_DATABASE_URL: `postgres://curfew@127.0.0.1:${port}/curfew` };
    const { code, stdout, stderr } = await runCurfew(['doctor', '--json'], broken);
    assert.deepEqual([code, stderr], [1, 'Wrong: 1. Warnings: 0.\n'], stdout);
    const told = JSON.parse(stdout) as { wrong: number; warnings: number; findings: Finding[] };
    assert.equal(told.wrong, 1);
    const [finding] = told.findings.filter(({ state }) => state === 'wrong');
    assert.deepEqual(
      [finding?.area, /does not answer: .*ECONNREFUSED/.test(finding?.message ?? '')],
      ['database', true],
    );
    assert.ok(told.findings.some(({ area, state }) => area === 'issuer' && state === 'good'));
  });

  it('ends with 0 where there are only warnings, and changes nothing', async () => {
    const { CURFEW_SECRET: _, ...without } = env;
    const before = (await snapshot(server.database)).signing_keys;
    const { code, stdout, stderr } = await runCurfew(['doctor'], without);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      /^warning {2}secrets +They are not looked at: CURFEW_SECRET is missing\.\n +→ Give the one/m,
    );
    assert.deepEqual((await snapshot(server.database)).signing_keys, before);
  });

  it('says that there is no database before the first start, and makes none', async () => {
    const directory = path.join(tmpdir(), `curfew-never-${randomBytes(6).toString('hex')}`);
    const port = String(await findFreePort());
    const { code, stdout } = await runCurfew(['doctor'], { CURFEW_DATA_DIR: directory, CURFEW_PORT: port });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^warning {2}database +There is none yet in/m);
    await assert.rejects(rm(directory, { recursive: true }), { code: 'ENOENT' });
  });
});

describe('curfew doctor, on a database in which faults are planted,', function planted() {
  this.timeout(120_000);
  const secret = randomBytes(32);
  let server: TestServer;
  let test: TestDatabase;
  let env: Env;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-doctor-'));
    server = await startTestServer(exampleConfiguration());
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });
  // Nothing runs on this one, so that what is planted stays.
  beforeEach(async () => {
    test = await createTestDatabase();
    const configuration = { ...exampleConfiguration(), users: undefined };
    await test.database.transaction((tx) => applyConfiguration(tx, configuration, { origin: {} }));
    const secrets = createSecretsAtRest([secret]);
    await ensureSigningKeys(test.database, secrets);
    await createSealer(test.database, secrets)();
    env = { CURFEW_DATABASE_URL: test.serverUrl, CURFEW_SECRET: secret.toString('base64') };
  });
  afterEach(() => test.drop());

  /** The findings of one area that are not good; none of the others may be wrong. */
  async function find(area: Area, changed: Env = {}): Promise<string[]> {
    const findings = await examine({ ...env, ...changed });
    const others = findings.filter((finding) => finding.state === 'wrong' && finding.area !== area);
    assert.deepEqual(others, []);
    return findings
      .filter((finding) => finding.area === area && finding.state !== 'good')
      .map(({ state, message }) => `${state}: ${message}`);
  }
  const plant = (text: string, ...values: unknown[]) => asOwner(test.ownerUrl, text, values);

  it('finds none where none is', async () => {
    const findings = await examine(env);
    assert.deepEqual(
      findings.filter(({ state }) => state === 'wrong'),
      [],
    );
    assert.deepEqual(
      findings.filter(({ state }) => state === 'warning').map(({ area }) => area),
      ['configuration', 'issuer'],
      'CURFEW_ISSUER alone is missing',
    );
  });

  it('finds a fault of the environment and of the file', async () => {
    assert.deepEqual(await find('configuration', { CURFEW_PROT: '1' }), [
      'wrong: CURFEW_PROT: is not a variable that Curfew knows',
    ]);
    const file = path.join(directory, 'curfew.yaml');
    const local = { CURFEW_ISSUER: 'http://localhost:1', CURFEW_CONFIG: file };
    await writeFile(file, 'roles: { member: { polcy: member } }\n');
    assert.match((await find('configuration', local)).join('\n'), /^wrong: .*roles\.member\.polcy/m);
    await writeFile(file, 'branding: { name: Other }\n');
    assert.match((await find('configuration', local)).join(), /^warning: .* is not what was applied last\.$/);
  });

  it('finds a role that owns the tables, or may not read them', async () => {
    assert.deepEqual(await find('database', { CURFEW_DATABASE_URL: test.ownerUrl }), [
      'wrong: The role curfew_owner owns the tables.',
      'wrong: The role curfew_owner is no member of curfew_server.',
    ]);
    await plant('revoke select on notices from curfew_server');
    assert.match(
      (await find('outbox')).join(),
      /^wrong: It cannot be looked at: permission denied for table notices/,
    );
  });

  it('finds a missing migration, and one that only a newer version has', async () => {
    await plant(`insert into schema_migrations (name, batch) values ('9999_later', 9)`);
    assert.deepEqual(await find('migrations'), ['warning: 1 are newer than this version: 9999_later.']);
    await plant(`delete from schema_migrations where name = '0031_trail_keys'`);
    assert.deepEqual(await find('migrations'), ['wrong: 1 are not applied: 0031_trail_keys.']);
  });

  it('finds a clock that is off', async () => {
    await sql(test.database, `update test_clock set shift = '-8 seconds'`);
    assert.match((await find('clock')).join(), /^wrong: The clock of this machine is [78]\.\d s off/);
  });

  it('finds an issuer that does not answer, or is another', async () => {
    const port = await findFreePort();
    assert.deepEqual(await find('issuer', { CURFEW_ISSUER: `https://localhost:${port}` }), [
      `wrong: Nothing answers at https://localhost:${port}: ECONNREFUSED.`,
    ]);
    const other = server.issuer.replace('localhost', '127.0.0.1');
    const findings = await examine({ ...env, CURFEW_ISSUER: other });
    const told = findings.filter(({ state }) => state === 'wrong').map(({ message }) => message);
    assert.equal(told[0], `The server at ${other} says that it is ${server.issuer}.`);
    assert.match(told[1] ?? '', /^The issuer does not publish \S{16}, /, 'its keys are another database’s');
  });

  it('finds a kind of key of which none is next', async () => {
    await plant(`delete from signing_keys where activated_at is null and purpose = 'security_events'`);
    assert.deepEqual(await find('keys'), [
      'wrong: No RS256 key for security_events is published to be the next.',
    ]);
  });

  it('finds what no secret opens, what was altered, and what is under an older one', async () => {
    const fresh = randomBytes(32).toString('base64');
    assert.match(
      (await find('secrets', { CURFEW_SECRET: fresh })).join(),
      /^wrong: 6 values of signing_keys\.private_sealed open with none/,
    );
    assert.match(
      (await find('secrets', { CURFEW_SECRET: `${fresh},${env.CURFEW_SECRET}` })).join(),
      /^warning: 6 values of signing_keys\.private_sealed are kept under an older/,
    );
    await plant(
      `update signing_keys set private_sealed = (select max(private_sealed) from signing_keys) where purpose = 'security_events'`,
    );
    assert.match(
      (await find('secrets')).join(),
      /^wrong: [12] values of signing_keys\.private_sealed were altered/,
    );
  });

  it('finds notices that nobody delivers, and those that were given up', async () => {
    await plant(
      `insert into notices (kind, receiver, payload, queued_at, due_at, dead_at) values
         ('mail', 'mail', '{}', curfew_now() - interval '1 hour', curfew_now() - interval '1 hour', null),
         ('mail', 'mail', '{}', curfew_now() - interval '2 hours', curfew_now(), curfew_now())`,
    );
    assert.deepEqual(await find('outbox'), [
      'wrong: 1 notices have been due for 1 hour, and nobody delivers them.',
      'warning: 1 notices were given up.',
    ]);
    await plant(`insert into notice_receivers (receiver, held) values ('mail', true)`);
    assert.deepEqual(await find('outbox'), [
      'warning: The oldest of 1 notices has waited for 1 hour.',
      'warning: 1 notices were given up.',
    ]);
  });

  it('finds events that nobody seals', async () => {
    await plant(
      `insert into audit_events (name, occurred_at) values ('sign_in.failed', curfew_now() - interval '2 minutes')`,
    );
    assert.match(
      (await find('audit')).join(),
      /^wrong: 1 events are not sealed, the oldest for 2 minutes; the last seal is/,
    );
  });

  it('finds a baseline that is missed, and a deviation that has ended', async () => {
    const { policies } = exampleConfiguration();
    const member = { limits: { session_idle: 901, mfa: 'always' as const }, baselines: ['pci-dss-4.0.1'] };
    const tills = { name: 'tills', requirement: 'pci-dss-4.0.1/idle', reason: 'r', until: '2020-01-01' };
    const claimed = {
      policies: new Map([...policies, ['member', member]]),
      deviations: new Map([['tills', tills]]),
    };
    await test.database.transaction((tx) => applyConfiguration(tx, claimed, { origin: {} }));
    assert.match(
      (await find('baselines')).join('\n'),
      /^wrong: The deviation tills from pci-dss-4\.0\.1\/idle ended on 2020-01-01\./,
    );
    await test.database.transaction((tx) =>
      applyConfiguration(tx, { deviations: new Map() }, { origin: {} }),
    );
    assert.match(
      (await find('baselines')).join('\n'),
      /^wrong: \d requirements are neither met nor justified, such as pci-dss/,
    );
  });
});
