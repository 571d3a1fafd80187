import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmptyDatabase } from '../support/empty_database.ts';
import type { EmptyDatabase } from '../support/empty_database.ts';
import { endProcesses, runCurfew, startDev } from '../support/process_curfew.ts';
import type { Finished } from '../support/process_curfew.ts';
import { findPortPair, occupyPort } from '../support/ports.ts';

describe('curfew dev with settings', () => {
  let directory: string;
  let empty: EmptyDatabase;
  let dataDirectory: string;

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-settings-'));
    dataDirectory = path.join(directory, 'not yet', 'data');
    empty = await createEmptyDatabase();
  });
  after(async () => {
    await endProcesses();
    await empty.drop();
    await rm(directory, { recursive: true, force: true });
  });

  async function writeConfiguration(name: string, text: string): Promise<string> {
    const file = path.join(directory, name);
    await writeFile(file, text);
    return file;
  }

  const dev = async (env: Record<string, string>) =>
    await runCurfew(['dev'], {
      CURFEW_DATA_DIR: path.join(directory, 'unused'),
      CURFEW_PORT: String(await findPortPair()),
      ...env,
    });

  it('runs on a given database, as its owner, with a given file and no demo app', async () => {
    const port = await findPortPair();
    const running = await startDev({
      CURFEW_DATABASE_URL: empty.ownerUrl,
      CURFEW_DATA_DIR: dataDirectory,
      CURFEW_PORT: String(port),
      CURFEW_CONFIG: await writeConfiguration('good.yaml', 'branding: { name: Ours }\n'),
    });
    assert.equal((await fetch(`${running.issuer}/readyz`)).status, 200);
    assert.doesNotMatch(running.stdout(), /demo|ada|grace/i);
    assert.match(running.stdout(), /CURFEW_DATABASE_URL/);
    await assert.rejects(fetch(`http://localhost:${port + 1}`));
    assert.deepEqual(readdirSync(dataDirectory), ['secret']);
    assert.equal(statSync(path.join(dataDirectory, 'secret')).mode & 0o777, 0o600);
    running.signal('SIGINT');
    assert.equal((await running.ended).code, 0);
  });

  it('names every fault of its file', async () => {
    const file = await writeConfiguration(
      'bad.yaml',
      'policies:\n  member: { refresh_idle: soon, refresh_idol: 3m }\nroles:\n  member: { policy: nowhere }\nuser: []\n',
    );
    const refused = await dev({ CURFEW_DATABASE_URL: empty.ownerUrl, CURFEW_CONFIG: file });
    assertRefused(refused, [
      /member.*refresh_idle\b/,
      /refresh_idol/,
      /roles\.member\.policy.*nowhere/,
      /\buser\b/,
    ]);
    const absent = path.join(directory, 'absent.yaml');
    assertRefused(await dev({ CURFEW_DATABASE_URL: empty.ownerUrl, CURFEW_CONFIG: absent }), [
      /absent\.yaml/,
    ]);
  });

  it('refuses an environment it does not understand, every fault at once', async () => {
    const [unknown, foreign, several] = await Promise.all([
      dev({ CURFEW_PROT: '3000' }),
      dev({ CURFEW_ISSUER: 'http://login.example.com' }),
      dev({ CURFEW_SECRET: 'c2hvcnQ=', CURFEW_HOST: '0.0.0.0', CURFEW_DATABASE_URL: 'mysql://localhost/x' }),
    ]);
    assertRefused(unknown, [/^CURFEW_PROT: .*not a variable/]);
    assertRefused(foreign, [/^CURFEW_ISSUER: .*localhost/]);
    assertRefused(several, [/^CURFEW_HOST: /, /^CURFEW_DATABASE_URL: /, /^CURFEW_SECRET: /]);
    assert.ok(!several.stderr.includes('c2hvcnQ='), 'no value is repeated');
    assert.equal(existsSync(path.join(directory, 'unused')), false, 'nothing was begun');
  });

  it('refuses a port that is taken, be it its own or the one of the demo app', async () => {
    const port = await findPortPair();
    const release = await occupyPort(port + 1);
    try {
      const [own, demo] = await Promise.all([
        dev({ CURFEW_PORT: String(port + 1) }),
        dev({ CURFEW_PORT: String(port) }),
      ]);
      for (const refused of [own, demo])
        assertRefused(refused, [new RegExp(`^Port ${port + 1} is taken: set CURFEW_PORT`)]);
      assert.equal(existsSync(path.join(directory, 'unused')), false, 'nothing was begun');
    } finally {
      await release();
    }
  });

  it('says in one line that a given database does not answer', async () => {
    const port = await findPortPair();
    const refused = await dev({ CURFEW_DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/none` });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^The database cannot be reached: .*\n$/);
  });

  it('answers /metrics at a port of its own, and says which variable names one that is taken', async () => {
    const [port, metricsPort] = [await findPortPair(), await findPortPair()];
    const env = {
      CURFEW_DATA_DIR: dataDirectory,
      CURFEW_DATABASE_URL: empty.ownerUrl,
      CURFEW_PORT: String(port),
      CURFEW_METRICS_PORT: String(metricsPort),
    };
    const running = await startDev(env);
    const { status, headers } = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    assert.deepEqual(
      [status, headers.get('content-type')],
      [200, 'text/plain; version=0.0.4; charset=utf-8'],
    );
    assert.equal(
      (await fetch(`${running.issuer}/metrics`)).status,
      404,
      'not beside what the public reaches',
    );
    running.signal('SIGINT');
    assert.equal((await running.ended).code, 0);

    const release = await occupyPort(metricsPort);
    const { code, stderr } = await runCurfew(['dev'], env);
    await release();
    assert.equal(code, 1);
    assert.match(
      stderr,
      new RegExp(`^CURFEW_METRICS_PORT: port ${metricsPort} cannot be listened on: `, 'm'),
    );
  });
});

/** Exit code 1, nothing on stdout, and on stderr a line for each of `faults` in any order and no other. */
function assertRefused({ code, stdout, stderr }: Finished, faults: RegExp[]): void {
  assert.deepEqual([code, stdout], [1, ''], stderr);
  const lines = stderr.trimEnd().split('\n');
  for (const fault of faults)
    assert.ok(
      lines.some((line) => fault.test(line)),
      `${fault} in: ${stderr}`,
    );
  assert.equal(lines.length, faults.length, stderr);
}
