import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { startMailServer } from '../support/mail_server.ts';
import type { MailServer } from '../support/mail_server.ts';
import { endProcesses, runCurfew } from '../support/process_curfew.ts';

describe('curfew report monthly', function report() {
  this.timeout(120_000);
  let test: TestDatabase;
  let mail: MailServer;
  let folder: string;

  before(async () => {
    test = await createTestDatabase();
    mail = await startMailServer();
    folder = await mkdtemp(path.join(tmpdir(), 'curfew-monthly-'));
  });
  after(async () => {
    await endProcesses();
    await rm(folder, { recursive: true });
    await mail.close();
    await test.drop();
  });

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runCurfew(['report', 'monthly', ...args], { CURFEW_DATABASE_URL: test.serverUrl, ...env });

  it('prints one page or writes it to a file, and refuses what is no month or address', async () => {
    const file = path.join(folder, 'month.html');
    const [printed, written, unwritable, future, ...wrong] = await Promise.all([
      run([]),
      run(['--month', '2025-10', '--output', file]),
      run(['--output', path.join(folder, 'no', 'month.html')]),
      run(['--month', '2099-12']),
      run(['--month', '2025-13']),
      run(['--mail', 'nobody']),
    ]);
    assert.deepEqual([printed.code, printed.stderr], [0, '']);
    assert.match(printed.stdout, /^<!doctype html>[^]*<h1>Access in \w+ 20\d\d<\/h1>/);
    assert.deepEqual([written.code, written.stdout], [0, '']);
    assert.match(await readFile(file, 'utf8'), /<h1>Access in October 2025<\/h1>/);
    assert.deepEqual([unwritable.code, future.code], [1, 1]);
    assert.equal(future.stderr, '2099-12 has not begun.\n');
    assert.deepEqual(
      wrong.map(({ code }) => code),
      [2, 2],
    );
  });

  it('mails it as an attachment, and says where that is not possible', async () => {
    const settings = { CURFEW_SMTP_URL: mail.url, CURFEW_MAIL_FROM: 'Example <login@example.com>' };
    const none = await run(['--mail', 'boss@example.com']);
    assert.deepEqual([none.code, none.stdout], [1, '']);
    assert.match(none.stderr, /^There is no mail server: /);

    const sent = await run(['--month', '2025-10', '--mail', 'boss@example.com'], settings);
    assert.deepEqual([sent.code, sent.stdout, sent.stderr], [0, '', 'Mailed to boss@example.com.\n']);
    await mail.waitFor(1);
    const [received] = mail.received;
    assert.deepEqual(received?.to, ['boss@example.com']);
    assert.match(received?.text ?? '', /Subject: Curfew: access in October 2025/);
    assert.match(received?.text ?? '', /filename=curfew-2025-10\.html/);

    mail.refuse(550);
    const refused = await run(['--mail', 'boss@example.com'], settings);
    mail.refuse(undefined);
    assert.deepEqual(
      [refused.code, refused.stderr],
      [1, 'The mail server answered 550: nothing was sent.\n'],
    );
  });
});
