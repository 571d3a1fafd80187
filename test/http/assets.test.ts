import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadAssets } from '../../src/http/assets.ts';
import type { Assets } from '../../src/http/assets.ts';
import { serveKoa } from '../support/bare_koa.ts';
import type { BareKoa } from '../support/bare_koa.ts';

describe('assets', () => {
  let directory: string;
  let assets: Assets;
  let app: BareKoa;

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'curfew-assets-'));
    const inside = path.join(directory, 'assets');
    await mkdir(inside);
    await writeFile(path.join(directory, 'outside.css'), 'secret');
    await writeFile(path.join(inside, 'page.css'), 'p { color: red }');
    await writeFile(path.join(inside, 'page.js'), 'run()');
    await writeFile(path.join(inside, 'icon.svg'), '<svg/>');
    await writeFile(path.join(inside, 'notes.md'), 'secret');
    await writeFile(path.join(inside, '.env'), 'secret');
    await symlink('page.css', path.join(inside, 'linked.css'));
    assets = loadAssets(inside);
    app = await serveKoa([
      assets.serve,
      (ctx) => {
        ctx.body = 'the rest';
      },
    ]);
  });
  after(async () => {
    await app.close();
    await rm(directory, { recursive: true });
  });

  const types: [name: string, type: string, content: string][] = [
    ['page.css', 'text/css; charset=utf-8', 'p { color: red }'],
    ['page.js', 'text/javascript; charset=utf-8', 'run()'],
    ['icon.svg', 'image/svg+xml', '<svg/>'],
  ];
  for (const [name, type, content] of types) {
    it(`are served as what they are: ${name}`, async () => {
      const { status, headers, text } = await app.request(assets.url(name));
      assert.deepEqual([status, headers['content-type'], text], [200, type, content]);
    });
  }

  it('may be kept for ever under the address that names their content', async () => {
    const url = assets.url('page.css');
    assert.match(url, /^\/assets\/page\.css\?v=[\w-]{10}$/);
    assert.equal((await app.request(url)).headers['cache-control'], 'public, max-age=31536000, immutable');
  });

  for (const query of ['', '?v=', '?v=0000000000', '?v=x&v=y', '?w=1']) {
    it(`are asked for again each time under any other address: ${query || 'no version'}`, async () => {
      const { status, headers } = await app.request(`/assets/page.css${query}`);
      assert.deepEqual([status, headers['cache-control']], [200, 'no-cache']);
    });
  }

  it('have another address when their content is another', async () => {
    const inside = path.join(directory, 'assets');
    await writeFile(path.join(inside, 'page.js'), 'run(again)');
    assert.notEqual(loadAssets(inside).url('page.js'), assets.url('page.js'));
    assert.equal(
      (await app.request('/assets/page.js')).text,
      'run()',
      'what was read at the start is served',
    );
  });

  const paths = [
    '/assets/../outside.css',
    '/assets/..%2foutside.css',
    '/assets/%2e%2e/outside.css',
    '/assets/%2e%2e%2foutside.css',
    '/assets/..\\outside.css',
    '/assets/..%5coutside.css',
    '/assets//page.css',
    '/assets/./page.css',
    '/assets/page.css/',
    '/assets/page.css%00',
    '/assets/%70age.css',
    '/assets/notes.md',
    '/assets/.env',
    '/assets/missing.css',
    '/assets/constructor',
    '/assets/__proto__',
    '/assets/',
    '/assets',
    '/Assets/page.css',
    '/page.css',
    '//assets/page.css',
    '/other/assets/page.css',
  ];
  for (const each of paths) {
    it(`are not what ${each} asks for`, async () => {
      const { status, text } = await app.request(each);
      assert.ok(status >= 400 || text === 'the rest', text);
    });
  }

  it('answer HEAD without their content', async () => {
    const { status, headers, text } = await app.request(assets.url('page.css'), { method: 'HEAD' });
    assert.deepEqual([status, headers['content-length'], text], [200, '16', '']);
  });

  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    it(`answer no ${method}`, async () => {
      assert.equal((await app.request('/assets/page.css', { method })).text, 'the rest');
    });
  }

  it('of the house that apps load may be read by any origin, and no other may', async () => {
    const served = await serveKoa([loadAssets().serve]);
    const allowed = async (name: string) => {
      const { status, headers } = await served.request(`/assets/${name}`);
      return [status, headers['access-control-allow-origin'], headers['cross-origin-resource-policy']];
    };
    assert.deepEqual(await allowed('curfew-session.js'), [200, '*', 'cross-origin']);
    assert.deepEqual(await allowed('copy.js'), [200, undefined, undefined]);
    await served.close();
  });

  it('are not sent again to whoever has them', async () => {
    const { headers } = await app.request('/assets/page.css');
    const again = await app.request('/assets/page.css', { headers: { 'if-none-match': headers.etag } });
    assert.deepEqual([again.status, again.text], [304, '']);
    const older = await app.request('/assets/page.css', { headers: { 'if-none-match': '"older"' } });
    assert.deepEqual([older.status, older.text], [200, 'p { color: red }']);
  });

  it('of the house are there', async () => {
    const own = loadAssets();
    const served = await serveKoa([own.serve]);
    const { status, headers } = await served.request(own.url('app.css'));
    assert.deepEqual([status, headers['content-type']], [200, 'text/css; charset=utf-8']);
    await served.close();
  });
});
