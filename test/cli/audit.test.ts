import assert from 'node:assert/strict';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { createTrail } from '../events/trail.ts';
import type { Trail } from '../events/trail.ts';

describe('curfew audit', () => {
  let trail: Trail;

  beforeEach(async () => {
    trail = await createTrail();
    await trail.record('mfa.passed');
    await trail.record('mfa.failed', 'eve');
    await trail.seal();
    await trail.record('refresh.granted');
  });
  afterEach(async () => {
    await endProcesses();
    await trail.drop();
  });

  const run = (...args: string[]) =>
    runCurfew(['audit', ...args], {
      CURFEW_DATABASE_URL: trail.test.serverUrl,
      CURFEW_SECRET: trail.secret.toString('base64'),
    });
  interface Listed {
    name: string;
    account_id: string;
    event_id: string;
  }

  it('verifies: what is proved, what waits, and the checkpoint to keep', async () => {
    const [plain, json] = await Promise.all([run('verify'), run('verify', '--json')]);
    assert.deepEqual([plain.code, plain.stderr], [0, '']);
    assert.match(
      plain.stdout,
      /^Sealed: 2 events in 1 seals since \S+Z\.\nUnsealed: 1 events, the oldest \d+\w old\.\nCheckpoint, to keep elsewhere: 1:[0-9a-f]{64}\n$/,
    );
    assert.deepEqual([json.code, json.stderr], [0, '']);
    const { seals, events, faults } = JSON.parse(json.stdout) as {
      seals: number;
      events: number;
      faults: string[];
    };
    assert.deepEqual([seals, events, faults], [1, 2, []]);
  });

  it('exits with 1 and one line that says where the trail was altered', async () => {
    const [altered] = await trail.asOwner<{ id: string }>(
      `update audit_events set address = '192.0.2.1' where account_id = 'eve' returning event_id as id`,
    );
    const [plain, json] = await Promise.all([run('verify'), run('verify', '--json')]);
    assert.equal(plain.code, 1);
    assert.match(
      plain.stderr,
      new RegExp(`^Event ${altered?.id} \\(mfa\\.failed, \\S+\\) of seal 1: .*altered\\.\n$`),
    );
    assert.equal(json.code, 1);
    assert.equal((JSON.parse(json.stdout) as { faults: string[] }).faults.length, 1);
  });

  it('lists the newest events first, those that are asked for', async () => {
    const [plain, json, eves, none] = await Promise.all([
      run('list'),
      run('list', '--json', '--limit', '2'),
      run('list', '--json', '--account', 'eve', '--event', 'mfa.failed', '--since', '1h'),
      run('list', '--user', 'nobody'),
    ]);
    assert.equal(plain.stdout.split('\n').length, 4);
    assert.match(
      plain.stdout,
      /^\S+Z {2}refresh\.granted {2}account ada {2}client shop {2}from 192\.0\.2\.7 {2}\{/,
    );
    const names = (text: string) => (JSON.parse(text) as Listed[]).map(({ name }) => name);
    assert.deepEqual(names(json.stdout), ['refresh.granted', 'mfa.failed']);
    assert.deepEqual(names(eves.stdout), ['mfa.failed']);
    assert.deepEqual([none.code, none.stderr], [1, 'There is no account named nobody.\n']);
  });

  it('exports every event, the oldest first, and the checkpoint that verify takes', async () => {
    const [lines, document] = await Promise.all([run('export'), run('export', '--json')]);
    const [first, second, third, end] = lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Listed);
    assert.deepEqual(
      [first?.name, second?.name, third?.name],
      ['mfa.passed', 'mfa.failed', 'refresh.granted'],
    );
    const { events, checkpoint } = JSON.parse(document.stdout) as { events: Listed[]; checkpoint: string };
    assert.deepEqual(events, [first, second, third]);
    assert.deepEqual(end, { checkpoint });
    const [known, unknown] = await Promise.all([
      run('verify', '--checkpoint', checkpoint),
      run('verify', '--checkpoint', `1:${'0'.repeat(64)}`),
    ]);
    assert.deepEqual([known.code, known.stderr], [0, '']);
    assert.deepEqual([unknown.code, unknown.stderr.trimEnd().split('\n').length], [1, 1]);
  });

  it('refuses what is no duration and no count as wrong usage, and needs the secret to verify', async () => {
    const [since, limit, secretless] = await Promise.all([
      run('list', '--since', 'yesterday'),
      run('list', '--limit', '0'),
      runCurfew(['audit', 'verify'], { CURFEW_DATABASE_URL: trail.test.serverUrl }),
    ]);
    assert.deepEqual([since.code, limit.code, secretless.code], [2, 2, 1]);
    assert.match(secretless.stderr, /^CURFEW_SECRET is missing.*\n$/);
  });
});
