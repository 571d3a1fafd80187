import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatedCompliance } from '../../src/reports/report_compliance.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';

describe('curfew report compliance', function report() {
  this.timeout(120_000);
  let test: TestDatabase;
  let folder: string;

  before(async () => {
    test = await createTestDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'curfew-report-'));
  });
  after(async () => {
    await endProcesses();
    await rm(folder, { recursive: true });
    await test.drop();
  });

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runCurfew([...args], { CURFEW_DATABASE_URL: test.serverUrl, ...env });

  async function apply(lines: readonly string[]) {
    const file = path.join(folder, 'curfew.yaml');
    await writeFile(file, lines.join('\n'));
    return await run(['apply', file]);
  }

  it('judges what was applied: exit 1 on a failure, 0 where it is justified, 2 for wrong usage', async () => {
    const wrong = await apply(['policies:', '  till: { baselines: [pci-dss-4] }']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /^policies\.till\.baselines\[0\]: there is no baseline pci-dss-4; there are /);

    const till = ['policies:', '  till: { session_idle: 20m, mfa: always, baselines: [disa-asd-user] }'];
    assert.equal((await apply(till)).code, 0);
    const [failed, asked] = await Promise.all([
      run(['report', 'compliance', '--policy', 'till']),
      run(['report', 'compliance', '--json', '--html']),
    ]);
    assert.deepEqual([failed.code, failed.stderr], [1, '1 requirements are not met, nor justified.\n']);
    assert.match(failed.stdout, /\n {2}fail {7}disa-asd-user\/idle {2}\(V-222389, must\)/);
    assert.equal(asked.code, 2);

    const excuse =
      '{ requirement: disa-asd-user/idle, policy: till, reason: Locked by the till, until: 2999-12-31 }';
    assert.equal((await apply([...till, 'deviations:', `  tills: ${excuse}`])).code, 0);
    const [json, page, unknown] = await Promise.all([
      run(['report', 'compliance', '--json']),
      run(['report', 'compliance', '--html']),
      run(['report', 'compliance', '--policy', 'gone']),
    ]);
    assert.deepEqual([json.code, json.stderr], [0, '']);
    const { counts, rows } = JSON.parse(json.stdout) as DatedCompliance;
    assert.deepEqual(counts, { pass: 0, fail: 0, justified: 1 });
    assert.deepEqual([rows[0]?.policy, rows[0]?.deviation?.name], ['till', 'tills']);
    assert.match(page.stdout, /^<!doctype html>[^]*accepted until 2999-12-31 \(tills\): Locked by the till/);
    assert.deepEqual(
      [unknown.code, unknown.stderr],
      [1, 'There is no policy gone; there are default, till.\n'],
    );
  });

  it('knows the cookies and codes of this version, behind https and without', async () => {
    const claims = '{ mfa: always, activity: reported, baselines: [nist-63b4-aal1, asvs-5-l2] }';
    await apply(['policies:', `  default: ${claims}`, 'deviations: {}']);
    const missed = async (issuer: string) => {
      const { stdout } = await run(['report', 'compliance', '--json'], { CURFEW_ISSUER: issuer });
      const { rows } = JSON.parse(stdout) as DatedCompliance;
      return rows.filter(({ verdict }) => verdict === 'fail').map(({ requirement }) => requirement);
    };
    // No number of wrong passwords disables a password, and a code is also taken in the step after its own.
    const known = ['nist-63b4-aal1/attempts', 'asvs-5-l2/otp_lifetime'];
    assert.deepEqual(await missed('https://login.example.com'), known);
    const cookies = ['nist-63b4-aal1/cookie_secure', 'nist-63b4-aal1/cookie_scope'];
    assert.deepEqual(await missed('http://localhost:3000'), [...cookies, ...known]);
  });
});

describe('curfew report timeouts', function report() {
  this.timeout(120_000);
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
  });
  after(async () => {
    await endProcesses();
    await test.drop();
  });

  it('prints lines or one document, and refuses what is no duration', async () => {
    const run = (...args: string[]) =>
      runCurfew(['report', 'timeouts', ...args], { CURFEW_DATABASE_URL: test.serverUrl });
    const [plain, json, ...wrong] = await Promise.all([
      run(),
      run('--json', '--since', '7d', '--within', '5m', '--by', 'role'),
      run('--since', 'long'),
      run('--by', 'person'),
      run('--within', '25h'),
    ]);
    assert.deepEqual([plain.code, plain.stderr], [0, '']);
    assert.equal(
      plain.stdout,
      'Ends by a limit in the last 30d, and sign-ins within 15 minutes after them.\nThere were none.\n',
    );
    assert.deepEqual(JSON.parse(json.stdout), { since: 604_800, within: 305, by: 'role', rows: [] });
    assert.deepEqual(
      wrong.map(({ code }) => code),
      [2, 2, 2],
    );
  });
});
