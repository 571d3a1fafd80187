import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Nothing answers at port 1: whatever is tested here needs no authorization server. */
const environment = { ISSUER: 'http://127.0.0.1:1', CLIENT_ID: 'demo', CLIENT_SECRET: 'secret', PORT: '0' };

interface App {
  child: ChildProcess;
  baseUrl: string;
}

function startChild(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'examples/web/server.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function startApp(): Promise<App> {
  const child = startChild(environment);
  let output = '';
  const baseUrl = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /^ready (\S+)$/m.exec(output)?.[1];
      if (ready) resolve(ready);
    });
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('exit', () => reject(new Error(`the app ended: ${output}`)));
  });
  return { child, baseUrl };
}

/** `close` comes once nobody, not even a child of the app, holds its output any more. */
async function endApp(
  { child }: App,
  signal: NodeJS.Signals,
): Promise<[number | null, NodeJS.Signals | null]> {
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  child.kill(signal);
  return await closed;
}

/** The exit code and what was said on stderr. */
async function runToEnd(env: Record<string, string>): Promise<[code: number | null, stderr: string]> {
  const child = startChild(env);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return [code, stderr];
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

describe('the demo app', () => {
  let app: App;

  before(async () => {
    app = await startApp();
  });

  after(async () => {
    await endApp(app, 'SIGKILL');
  });

  const get = (path: string, init?: RequestInit) =>
    fetch(`${app.baseUrl}${path}`, { redirect: 'manual', ...init });
  const post = (path: string, headers: Record<string, string> = {}) =>
    get(path, { method: 'POST', headers, body: new URLSearchParams({ form_token: 'guess' }) });

  it('says where it listens', () => {
    assert.match(app.baseUrl, /^http:\/\/localhost:\d+$/);
  });

  it('greets whoever is signed out with one heading and a way to sign in, and sets no cookie', async () => {
    const response = await get('/');
    const text = await response.text();
    assert.equal(response.status, 200);
    assert.equal(count(text, /<h1>/g), 1);
    assert.match(text, /<form action="\/login"><button[^>]*>Sign in<\/button><\/form>/);
    assert.match(text, /127\.0\.0\.1:1/);
    assert.equal(response.headers.get('set-cookie'), null);
  });

  it('holds its pages to its own files and to forms that end here or at the issuer', async () => {
    const { headers } = await get('/');
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'; style-src 'self'; script-src 'self'/);
    assert.match(policy, /form-action 'self' http:\/\/127\.0\.0\.1:1;/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  for (const [path, type] of [
    ['/app.css', 'text/css; charset=utf-8'],
    ['/app.js', 'text/javascript; charset=utf-8'],
    ['/watch.js', 'text/javascript; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml'],
  ] as const) {
    it(`serves ${path}`, async () => {
      const response = await get(path);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), type);
      assert.ok((await response.text()).length > 0);
    });
  }

  it('answers HEAD without a body', async () => {
    const response = await get('/', { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.notEqual(response.headers.get('content-length'), '0');
    assert.equal(await response.text(), '');
  });

  for (const path of ['/nothing', '/..%2fserver.ts', '/server.ts', '/constructor', '//example.com/']) {
    it(`knows no ${path}`, async () => {
      const response = await get(path);
      assert.equal(response.status, 404);
      assert.match(await response.text(), /<h1>There is no page here<\/h1>/);
    });
  }

  it('names the methods that a path takes', async () => {
    const response = await get('/refresh');
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'POST');
    assert.equal((await post('/login')).headers.get('allow'), 'GET');
  });

  for (const path of ['/refresh', '/logout']) {
    it(`refuses a POST to ${path} that no page of its own sent`, async () => {
      const attempts: Record<string, string>[] = [
        {},
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://evil.example' },
        { Cookie: 'demo_app=guess' },
        { Accept: 'application/json' },
        { 'Content-Type': 'text/plain' },
      ];
      for (const headers of attempts) {
        const response = await post(path, headers);
        assert.equal(response.status, 403, JSON.stringify(headers));
        assert.match(await response.text(), /Nothing was done/);
        assert.equal(response.headers.get('set-cookie'), null);
      }
    });
  }

  for (const query of ['', '?code=x', '?code=x&state=y', '?state=', '?error=access_denied&state=y']) {
    it(`explains that a callback with "${query}" finishes no sign-in`, async () => {
      const response = await get(`/callback${query}`);
      const text = await response.text();
      assert.equal(response.status, 400);
      assert.match(text, /<h1>This sign-in cannot be finished<\/h1>/);
      assert.match(text, /<form action="\/login">/);
    });
  }

  it('repeats nothing of a callback that it did not ask for', async () => {
    const response = await get(
      '/callback?error=trick&error_description=%3Cscript%3Ecall%20this%20number&state=y',
    );
    assert.doesNotMatch(await response.text(), /trick|call this number/);
  });

  it('says so when the issuer cannot be reached, and goes on', async () => {
    const response = await get('/login');
    assert.equal(response.status, 503);
    assert.match(await response.text(), /<h1>The sign-in server does not answer<\/h1>/);
    assert.equal((await get('/')).status, 200);
  });
});

describe('the demo app as a process', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends at ${signal} with requests open, and leaves no process behind`, async () => {
      const app = await startApp();
      await (await fetch(app.baseUrl)).text();
      const unfinished = request(`${app.baseUrl}/refresh`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '100' },
      });
      const broken = once(unfinished, 'error');
      unfinished.write('form_token=');
      const [socket] = (await once(unfinished, 'socket')) as [NodeJS.EventEmitter & { connecting: boolean }];
      if (socket.connecting) await once(socket, 'connect');

      assert.deepEqual(await endApp(app, signal), [0, null]);
      await broken;
      await assert.rejects(fetch(app.baseUrl));
    });
  }

  it('names every fault of its environment at once', async () => {
    const [code, stderr] = await runToEnd({ PORT: 'x', BASE_URL: 'http://localhost:3001/app' });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /ISSUER is missing; CLIENT_ID is missing; BASE_URL has .*; PORT is not a port number/,
    );
  });

  it('takes an http issuer on loopback only', async () => {
    const [code, stderr] = await runToEnd({ ...environment, ISSUER: 'http://login.example.com' });
    assert.equal(code, 1);
    assert.match(stderr, /ISSUER may be http on loopback only/);
  });
});
