import assert from 'node:assert/strict';
import { errorBoundary } from '../../src/http/error_boundary.ts';
import { health } from '../../src/http/health.ts';
import { createTestLog, serveKoa } from '../support/bare_koa.ts';
import type { BareKoa } from '../support/bare_koa.ts';

describe('health', () => {
  let app: BareKoa;
  let obstacles: string[];
  let clockOff: boolean;
  let looked: number;

  before(async () => {
    const { log } = createTestLog();
    app = await serveKoa([
      errorBoundary({
        log,
        isOutage: () => false,
        isUnstorable: () => false,
        renderPage: () => assert.fail('a page'),
      }),
      health({
        findObstacles: () => {
          looked += 1;
          return Promise.resolve(obstacles);
        },
        isClockOff: () => clockOff,
      }),
      (ctx) => {
        ctx.body = 'the rest';
      },
    ]);
  });
  after(() => app.close());
  beforeEach(() => {
    obstacles = [];
    clockOff = false;
    looked = 0;
  });

  interface Case {
    path: string;
    obstacles?: string[];
    clockOff?: boolean;
    status: number;
    body: unknown;
  }
  const ok = { status: 'ok' };
  const ready = { status: 'ready', reasons: [] };
  const cases: Case[] = [
    { path: '/healthz', status: 200, body: ok },
    { path: '/healthz', obstacles: ['database'], clockOff: true, status: 200, body: ok },
    { path: '/readyz', status: 200, body: ready },
    {
      path: '/readyz',
      obstacles: ['draining'],
      status: 503,
      body: { status: 'not ready', reasons: ['draining'] },
    },
    {
      path: '/readyz',
      obstacles: ['clock'],
      clockOff: true,
      status: 503,
      body: { status: 'not ready', reasons: ['clock'] },
    },
  ];
  for (const { path, obstacles: given = [], clockOff: off = false, status, body } of cases) {
    const state = [...given, ...(off ? ['clock off'] : [])].join(', ') || 'nothing in the way';
    it(`answers ${status} at ${path} with ${state}, which nobody keeps`, async () => {
      obstacles = given;
      clockOff = off;
      const answer = await app.request(path);
      assert.equal(answer.status, status);
      assert.deepEqual(JSON.parse(answer.text), body);
      assert.equal(answer.headers['cache-control'], 'no-store');
    });
  }

  it('looks for obstacles only when it is asked whether it is ready', async () => {
    await app.request('/healthz');
    await app.request('/token');
    assert.equal(looked, 0);
    await app.request('/readyz');
    assert.equal(looked, 1);
  });

  it('lets everything else pass, even what is in the way of being ready', async () => {
    obstacles = ['draining'];
    assert.equal((await app.request('/token')).text, 'the rest');
  });

  it('answers 503 to everything else while the clock is off', async () => {
    clockOff = true;
    const { status, text } = await app.request('/token');
    assert.equal(status, 503);
    assert.equal((JSON.parse(text) as { error: string }).error, 'temporarily_unavailable');
  });
});
