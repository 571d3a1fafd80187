import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { snapshot, sql } from '../support/sql.ts';

describe('curfew simulate', function command() {
  this.timeout(120_000);
  let test: TestDatabase;
  let folder: string;
  let file: string;

  before(async () => {
    test = await createTestDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'curfew-simulate-'));
    file = path.join(folder, 'curfew.yaml');
    await writeFile(file, 'policies: { default: { session_idle: 5m } }\n');
    await sql(test.database, `insert into accounts (account_id, username) values ('ada', 'ada')`);
    // Active at ten past and twenty past, ended by the built-in quarter of an hour, found two seconds late.
    await record('session.started', '10:00:00', {
      started_at: moment('10:00:00'),
      active_at: moment('10:00:00'),
    });
    await record('session.extended', '10:10:00', {});
    await record('session.extended', '10:20:00', {});
    const end = { reason: 'idle_timeout', limit: 900, policy: 'default', policy_version: 0 };
    await record('session.ended', '10:35:02', { ...end, ended_at: moment('10:35:00') });
  });
  after(async () => {
    await endProcesses();
    await rm(folder, { recursive: true });
    await test.drop();
  });

  const moment = (time: string) => `2026-01-05T${time}.000Z`;
  const record = (name: string, time: string, detail: object) =>
    sql(
      test.database,
      `insert into audit_events (occurred_at, name, account_id, session_id, detail) values ($1, $2, 'ada', 's', $3)`,
      moment(time),
      name,
      JSON.stringify(detail),
    );
  const run = (...args: string[]) =>
    runCurfew(['simulate', ...args], { CURFEW_DATABASE_URL: test.serverUrl });

  it('says what the limits of a file would have ended, and writes nothing', async () => {
    const before = await snapshot(test.database);
    const [plain, json, missing, none] = await Promise.all([
      run(file),
      run(file, '--json', '--check'),
      run(path.join(folder, 'gone.yaml')),
      run(),
    ]);
    assert.deepEqual([plain.code, plain.stderr], [0, '']);
    assert.deepEqual(plain.stdout.split('\n'), [
      'Replayed 1 sessions and families from 4 events.',
      'Under the limits of then, 1 of 1 recorded ends come out the same to the second.',
      'would have ended earlier: 1 sessions and 0 families of 1 accounts by idle_timeout of policy default; ' +
        '1 of them were used after that',
      '',
    ]);
    assert.deepEqual([json.code, json.stderr], [0, '']);
    const { ends, check, endsNow } = JSON.parse(json.stdout) as Record<string, unknown>;
    assert.deepEqual(ends, [
      { policy: 'default', reason: 'idle_timeout', sessions: 1, families: 0, inUse: 1, accounts: 1 },
    ]);
    assert.deepEqual([check, endsNow], [{ ends: 1, differing: [] }, []]);
    assert.doesNotMatch(plain.stdout + json.stdout, /\bada\b/, 'accounts are counted, not named');
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /gone\.yaml cannot be read/);
    assert.equal(none.code, 2);
    assert.deepEqual(await snapshot(test.database), before);
  });

  it('exits with 1 for --check where a recorded end differs', async () => {
    await record('session.started', '11:00:00', {
      started_at: moment('11:00:00'),
      active_at: moment('11:00:00'),
    });
    await record('session.ended', '11:15:02', { reason: 'idle_timeout', ended_at: moment('11:15:01') });
    const [checked, plain] = await Promise.all([run(file, '--check'), run(file)]);
    assert.equal(checked.code, 1);
    assert.match(
      checked.stderr,
      /^1 ends differ\. The first: session s: recorded idle_timeout at 2026-01-05T11:15:01\.000000Z, replayed idle_timeout at 2026-01-05T11:15:00\.000000Z\n$/,
    );
    assert.equal(plain.code, 0);
    assert.match(plain.stdout, /1 of 2 recorded ends come out the same/);
  });
});
