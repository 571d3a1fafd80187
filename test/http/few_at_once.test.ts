import assert from 'node:assert/strict';
import { errorBoundary } from '../../src/http/error_boundary.ts';
import { fewAtOnce } from '../../src/http/few_at_once.ts';
import { createTestLog, serveKoa } from '../support/bare_koa.ts';
import type { BareKoa } from '../support/bare_koa.ts';

describe('fewAtOnce', () => {
  let app: BareKoa;
  let release: (() => void)[];
  let arrived: () => void;

  beforeEach(async () => {
    release = [];
    arrived = () => undefined;
    const { log } = createTestLog();
    app = await serveKoa([
      errorBoundary({
        log,
        isOutage: () => false,
        isUnstorable: () => false,
        renderPage: (ctx, { message }) => {
          ctx.body = message;
        },
      }),
      fewAtOnce(({ path }) => path === '/costly', 2),
      async (ctx) => {
        if (ctx.path === '/costly') {
          await new Promise<void>((resolve) => {
            release.push(resolve);
            arrived();
          });
        }
        if (ctx.get('fail')) ctx.throw(500);
        ctx.body = 'done';
      },
    ]);
  });
  afterEach(() => app.close());

  /** A costly request that is under way when this resolves. */
  async function begin(headers = {}) {
    const under = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const answer = app.request('/costly', { method: 'POST', headers });
    await under;
    return { answer };
  }

  it('refuses what is beyond, at once and with the seconds to wait, and lets all else through', async () => {
    const first = await begin();
    const second = await begin();
    const surplus = await app.request('/costly', { method: 'POST' });
    assert.equal(surplus.status, 429);
    assert.equal(surplus.headers['retry-after'], '2');
    assert.equal((await app.request('/other')).text, 'done');
    for (const resolve of release) resolve();
    assert.deepEqual([(await first.answer).status, (await second.answer).status], [200, 200]);
  });

  it('lets the next one in when one is done, even by failing', async () => {
    const first = await begin({ fail: 'yes' });
    const second = await begin();
    release[0]?.();
    assert.equal((await first.answer).status, 500);
    const third = await begin();
    for (const resolve of release) resolve();
    assert.deepEqual([(await second.answer).status, (await third.answer).status], [200, 200]);
  });
});
