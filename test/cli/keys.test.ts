import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';

interface Listed {
  keyId: string;
  state: string;
  readyAt: string | null;
}

describe('curfew keys', function () {
  this.timeout(60_000);
  let test: TestDatabase;
  const secret = randomBytes(32).toString('base64');
  const keys = (args: string[], env: Record<string, string> = { CURFEW_SECRET: secret }) =>
    runCurfew(['keys', ...args], { CURFEW_DATABASE_URL: test.serverUrl, ...env });
  const list = async () => JSON.parse((await keys(['list', '--json'], {})).stdout) as Listed[];
  const idsOf = (listed: readonly Listed[], state: string) =>
    listed.filter((key) => key.state === state).map(({ keyId }) => keyId);

  before(async () => {
    test = await createTestDatabase();
  });
  after(async () => {
    await endProcesses();
    await test.drop();
  });

  it('are listed in their three states, and rotated by force before the next ones are known', async () => {
    const early = await keys(['rotate']);
    assert.equal(early.code, 1);
    assert.match(early.stderr, /^The next keys are not known everywhere before \d{4}-.*Z, when .*\n$/);
    const before = await list();
    assert.equal(before.length, 6);
    assert.ok(before.every(({ state, readyAt }) => (readyAt !== null) === (state === 'next')));

    const forced = await keys(['rotate', '--force']);
    assert.equal(forced.code, 0, forced.stderr);
    assert.match(forced.stdout, /^tokens ES256: \S+ signs, \S+ is published to be the next\n/);
    const after = await list();
    assert.deepEqual(idsOf(after, 'current'), idsOf(before, 'next'));
    assert.deepEqual(idsOf(after, 'previous'), idsOf(before, 'current'));
    const lines = (await keys(['list'], {})).stdout.trim().split('\n');
    assert.equal(lines.length, 9);
    assert.match(lines[0] ?? '', /^\S{16} {2}tokens +ES256 {2}current +signs since \d{4}-/);
  });

  it('are removed early only when others sign in their place', async () => {
    const listed = await list();
    const [current = ''] = idsOf(listed, 'current');
    const [previous = ''] = idsOf(listed, 'previous');
    const refused = await keys(['remove', '--', current], {});
    assert.deepEqual([refused.code, /is the current one: rotate first/.test(refused.stderr)], [1, true]);
    assert.deepEqual((await keys(['remove', '--', previous], {})).stdout, `${previous} is removed\n`);
    const again = JSON.parse((await keys(['rotate', '--force', '--json'])).stdout) as { current: string }[];
    assert.deepEqual(again.map((key) => key.current).toSorted(), idsOf(await list(), 'current').toSorted());
    assert.equal((await keys(['remove', '--', previous], {})).code, 1);
    assert.ok(!(await list()).some(({ keyId }) => keyId === previous));
  });

  it('are encrypted anew under the first of two secrets, which then is enough', async () => {
    const fresh = randomBytes(32).toString('base64');
    const done = await keys(['rotate', '--at-rest', '--json'], { CURFEW_SECRET: `${fresh},${secret}` });
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stderr, /^signing_keys\.private_sealed: \d+ encrypted anew\n/);
    const columns = JSON.parse(done.stdout) as { name: string; left: number; unreadable: number }[];
    assert.ok(columns.every(({ left, unreadable }) => left === 0 && unreadable === 0));
    const dropped = await keys(['rotate', '--at-rest'], { CURFEW_SECRET: fresh });
    assert.deepEqual([dropped.code, dropped.stderr], [0, '']);
    assert.match(
      dropped.stdout,
      /^signing_keys\.private_sealed: 0 encrypted anew, 0 left, 0 that no secret opens\n/,
    );

    const lost = await keys(['rotate', '--at-rest'], { CURFEW_SECRET: secret });
    assert.equal(lost.code, 1);
    assert.match(lost.stderr, /values open with none of CURFEW_SECRET: drop none yet\.\n$/);
    assert.equal((await keys(['rotate', '--at-rest', '--force'])).code, 2);
  });

  it('are not rotated without the secret that they are kept under', async () => {
    const missing = await keys(['rotate', '--force'], {});
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^CURFEW_SECRET is missing: /);
  });
});
