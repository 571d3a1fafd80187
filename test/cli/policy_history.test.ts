import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { storeAccount, storeSession } from '../support/stored_facts.ts';

const file = (sessionIdle: string, clients: string) => `
policies: { member: { session_idle: ${sessionIdle}, refresh_idle: 1h } }
roles: { member: { policy: member } }
clients: [${clients}]
`;
const shop =
  '{ client_id: shop, client_secret_env: SHOP_SECRET, redirect_uris: [https://shop.example.com/cb] }';
const spa = '{ client_id: spa, redirect_uris: [https://spa.example.com/cb] }';

describe('curfew policy', () => {
  let test: TestDatabase;
  let directory: string;

  before(async () => {
    test = await createTestDatabase();
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-history-'));
  });
  after(async () => {
    await endProcesses();
    await test.drop();
    await rm(directory, { recursive: true, force: true });
  });

  const curfew = (...args: string[]) =>
    runCurfew(args, {
      CURFEW_DATABASE_URL: test.serverUrl,
      SHOP_SECRET: 'shop secret of sixteen or more',
      NO_COLOR: '1',
    });
  const apply = async (text: string, ...options: string[]) => {
    const name = path.join(directory, 'curfew.yaml');
    await writeFile(name, text);
    const { code, stderr } = await curfew('apply', name, ...options);
    assert.equal(code, 0, stderr);
  };

  it('tells who changed what, compares versions, and makes one what is in force again', async () => {
    await apply(file('8h', `${shop}, ${spa}`));
    await apply(file('1h', spa), '--message', 'Shorter, says the board');

    const history = await curfew('policy', 'history');
    assert.equal(history.code, 0, history.stderr);
    assert.match(history.stdout, /^version 3 {2}\S+Z {2}curfew apply\n {2}Shorter, says the board\n/);
    assert.match(history.stdout, /^ {2}policies member: session_idle 8 hours → 1 hour \(stricter\)$/m);
    assert.match(history.stdout, /^ {2}clients shop: removed$/m);
    const listed = await curfew('policy', 'history', '--policy', 'member', '--json');
    const entries = JSON.parse(listed.stdout) as { version: number; author: string; changeCount: number }[];
    assert.deepEqual(
      entries.map(({ version, author, changeCount }) => [version, author, changeCount]),
      [3, 2].map((version) => [version, 'curfew apply', 1]),
    );

    const compared = await curfew('policy', 'diff', '2', '3');
    assert.equal(
      compared.stdout,
      'policies\n  ~ member\n      session_idle  8 hours → 1 hour  stricter\nclients\n  - shop\n',
    );
    assert.equal((await curfew('policy', 'diff', '2')).stdout, compared.stdout);
    assert.match((await curfew('policy', 'diff', '3', '3')).stderr, /They are the same/);

    const accountId = await storeAccount(test.database, ['member']);
    await storeSession(test.database, { accountId, clientIds: [], startedAgo: 1800, activeAgo: 1800 });
    const rehearsed = await curfew('policy', 'revert', '2', '--dry-run');
    assert.equal(rehearsed.code, 0, rehearsed.stderr);
    assert.match(rehearsed.stdout, /session_idle {2}1 hour → 8 hours {2}looser/);
    assert.match(rehearsed.stderr, /clients\.shop: comes back without its secret/);
    assert.match(rehearsed.stderr, /Nothing was written/);
    assert.match((await curfew('policy', 'history', '--limit', '1')).stdout, /^version 3 /);

    const reverted = await curfew('policy', 'revert', '2', '--message', 'Too short');
    assert.match(reverted.stderr, /Version 2 is re-established\./);
    const last = await curfew('policy', 'history', '--limit', '1');
    assert.match(
      last.stdout,
      /^version 4 .* curfew policy revert, re-establishes version 2\n {2}Too short\n/,
    );
    assert.match(
      (await curfew('policy', 'revert', '2')).stderr,
      /Nothing to change: all is as in version 2\./,
    );

    const shortened = await curfew('policy', 'revert', '1', '--dry-run', '--json');
    const { dry_run: dryRun, wouldEnd } = JSON.parse(shortened.stdout) as {
      dry_run: boolean;
      wouldEnd: { sessions: number }[];
    };
    assert.equal(dryRun, true);
    assert.deepEqual(
      wouldEnd.map(({ sessions }) => sessions),
      [1],
      'the built-in limits end it',
    );
  });

  it('says in one line what is not there, and exits with 2 where it is called wrongly', async () => {
    for (const args of [
      ['revert', '99'],
      ['diff', '1', '99'],
      ['history', '--policy', 'none'],
    ]) {
      const { code, stdout, stderr } = await curfew('policy', ...args);
      assert.deepEqual([code, stdout], [1, ''], args.join(' '));
      assert.match(stderr, /There (is no version 99: the history has 1 to \d+|never was a policy none)\.\n$/);
    }
    for (const args of [
      ['revert', 'x'],
      ['diff'],
      ['history', '--limit', '0'],
      ['revert', '1', '--message', 'a\nb'],
    ])
      assert.equal((await curfew('policy', ...args)).code, 2, args.join(' '));
  });
});
