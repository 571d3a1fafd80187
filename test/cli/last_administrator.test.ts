import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyConfiguration } from '../../src/operations/apply_configuration.ts';
import { hasAdministrator } from '../../src/operations/has_administrator.ts';
import { loadConfiguration } from '../../src/store/configuration.ts';
import { adminConfiguration } from '../support/administrators.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';
import { snapshot } from '../support/sql.ts';

/** Grace and Joan are administrators. */
describe('the last administrator, at the command line', () => {
  let test: TestDatabase;
  let folder: string;

  before(async () => {
    test = await createTestDatabase();
    folder = mkdtempSync(join(tmpdir(), 'curfew-test-'));
    await test.database.transaction((tx) => applyConfiguration(tx, adminConfiguration(), { origin: {} }));
  });
  after(async () => {
    await endProcesses();
    rmSync(folder, { recursive: true });
    await test.drop();
  });

  const curfew = (...args: string[]) =>
    runCurfew(args, { CURFEW_DATABASE_URL: test.serverUrl, CURFEW_ISSUER: 'https://id.example.com' });
  const hasOne = async () => hasAdministrator(test.database, await loadConfiguration(test.database));

  it('is one of the two who disable each other at once', async () => {
    const [grace, joan] = await Promise.all([
      curfew('user', 'disable', 'joan'),
      curfew('user', 'disable', 'grace'),
    ]);
    assert.deepEqual(new Set([grace.code, joan.code]), new Set([0, 1]), grace.stderr + joan.stderr);
    assert.match(grace.stderr + joan.stderr, /^No administrator would be left\. [^\n]+\n$/);
    assert.ok(await hasOne());
    const gone = grace.code === 0 ? 'joan' : 'grace';
    assert.equal((await curfew('user', 'enable', gone)).code, 0);
  });

  it('is neither disabled, nor deleted, nor stripped of the role', async () => {
    assert.equal((await curfew('user', 'set-roles', 'joan', 'member')).code, 0);
    const before = await snapshot(test.database);
    for (const args of [
      ['disable', 'grace'],
      ['delete', 'grace'],
      ['set-roles', 'grace', 'member'],
      ['set-roles', 'grace'],
    ]) {
      const { code, stdout, stderr } = await curfew('user', ...args);
      assert.deepEqual([code, stdout], [1, ''], args.join(' '));
      assert.match(stderr, /^No administrator would be left\. [^\n]+\n$/);
    }
    assert.deepEqual(await snapshot(test.database), before);
  });

  it('goes once recover-admin has made another', async () => {
    const recovered = await curfew('user', 'recover-admin', 'joan');
    assert.equal(recovered.code, 0, recovered.stderr);
    assert.equal((await curfew('user', 'disable', 'grace')).code, 0);
    assert.ok(await hasOne());
    assert.equal((await curfew('user', 'enable', 'grace')).code, 0);
  });

  it('is the word of a file that is applied at the machine, with a warning', async () => {
    const file = join(folder, 'curfew.yaml');
    writeFileSync(file, 'users:\n  - { username: grace, roles: [] }\n  - { username: joan, roles: [] }\n');
    const applied = await curfew('apply', file);
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(
      applied.stderr,
      /^warning: scopes\.curfew:write: nobody can get it: no enabled account has the role admin$/m,
    );
    assert.equal(await hasOne(), false);
    assert.equal((await curfew('user', 'disable', 'ada')).code, 0, 'there is none to keep');
    assert.equal((await curfew('user', 'recover-admin', 'grace')).code, 0);
    assert.ok(await hasOne());
  });
});
