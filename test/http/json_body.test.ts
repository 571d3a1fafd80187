import assert from 'node:assert/strict';
import { readJson } from '../../src/http/json_body.ts';
import { serveKoa } from '../support/bare_koa.ts';
import type { BareKoa } from '../support/bare_koa.ts';

describe('readJson', () => {
  let app: BareKoa;

  before(async () => {
    app = await serveKoa([
      async (ctx) => {
        ctx.body = { value: (await readJson(ctx, 20)) ?? 'no JSON' };
      },
    ]);
  });
  after(() => app.close());

  const bodies: [body: string, value: unknown][] = [
    ['{"a":"\u00fc"}', { a: '\u00fc' }],
    ['[1]', [1]],
    ['{"a":1,"b":2,"c":33}', { a: 1, b: 2, c: 33 }],
    ['', 'no JSON'],
    ['{', 'no JSON'],
    ['a=1', 'no JSON'],
  ];
  for (const [body, value] of bodies) {
    it(`gives ${JSON.stringify(value)} for ${JSON.stringify(body)}`, async () => {
      const { text } = await app.request('/', { method: 'POST', body });
      assert.deepEqual(JSON.parse(text), { value });
    });
  }

  it('refuses more than it may read, and a compressed body', async () => {
    const long = await app.request('/', { method: 'POST', body: `{"a":"${'x'.repeat(20)}"}` });
    assert.equal(long.status, 413);
    const headers = { 'Content-Encoding': 'gzip' };
    assert.equal((await app.request('/', { method: 'POST', body: '{}', headers })).status, 415);
  });
});
