import assert from 'node:assert/strict';
import type { Context, Middleware } from 'koa';
import { errorBoundary } from '../../src/http/error_boundary.ts';
import type { Failure } from '../../src/http/error_boundary.ts';
import { createTestLog, serveKoa } from '../support/bare_koa.ts';
import type { BareAnswer } from '../support/bare_koa.ts';

class Outage extends Error {}

describe('errorBoundary', () => {
  const { log, lines } = createTestLog();
  beforeEach(() => {
    lines.length = 0;
  });

  const renderPage = (ctx: Context, failure: Failure) => {
    ctx.type = 'html';
    ctx.body = `<h1>${failure.title}</h1><p>${failure.message}</p><p>${failure.requestId}</p>`;
  };

  async function answerTo(fail: Middleware, accept?: string, method = 'GET'): Promise<BareAnswer> {
    const app = await serveKoa([
      (ctx, next) => {
        ctx.state.origin = { requestId: 'the request id' };
        return next();
      },
      errorBoundary({
        log,
        isOutage: (error) => error instanceof Outage,
        isUnstorable: (error) => error instanceof RangeError,
        renderPage,
      }),
      fail,
    ]);
    const answer = await app.request('/', { method, headers: accept ? { Accept: accept } : {} });
    await app.close();
    return answer;
  }
  const throwing =
    (error: unknown): Middleware =>
    () => {
      throw error;
    };
  const read = ({ text }: BareAnswer) => JSON.parse(text) as Record<string, unknown>;

  it('leaves alone what goes well', async () => {
    const { status, text } = await answerTo((ctx) => {
      ctx.body = 'fine';
    });
    assert.deepEqual([status, text], [200, 'fine']);
    assert.deepEqual(lines, []);
  });

  const faults: [what: string, error: unknown, status: number, code: string][] = [
    ['a fault', new Error('the secret cause'), 500, 'server_error'],
    ['a thrown text', 'the secret cause', 500, 'server_error'],
    ['nothing at all', undefined, 500, 'server_error'],
    ['null', null, 500, 'server_error'],
    ['an outage', new Outage('the secret cause'), 503, 'temporarily_unavailable'],
    [
      'a 503 of our own',
      Object.assign(new Error('the secret cause'), { status: 503 }),
      503,
      'temporarily_unavailable',
    ],
    [
      'a status that is none',
      Object.assign(new Error('the secret cause'), { status: 200 }),
      500,
      'server_error',
    ],
    [
      'a status that is no number',
      Object.assign(new Error('the secret cause'), { status: '404' }),
      500,
      'server_error',
    ],
  ];
  for (const [what, error, status, code] of faults) {
    it(`answers ${status} to ${what}, whose cause stands in the log and not outside`, async () => {
      const answer = await answerTo(throwing(error));
      assert.equal(answer.status, status);
      assert.deepEqual(Object.keys(read(answer)), ['error', 'error_description', 'request_id']);
      assert.equal(read(answer).error, code);
      assert.equal(read(answer).request_id, 'the request id');
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.doesNotMatch(answer.text + JSON.stringify(answer.headers), /secret|Error|at /);
      assert.equal(lines.length, 1);
      assert.equal(lines[0]?.requestId, 'the request id');
      if (error instanceof Error) assert.match(JSON.stringify(lines[0]), /the secret cause/);
    });
  }

  it('says when to try again, of an outage and where the error says it', async () => {
    const tooMany = Object.assign(new Error(), { status: 429, retryAfter: 17 });
    assert.equal((await answerTo(throwing(tooMany))).headers['retry-after'], '17');
    assert.equal((await answerTo(throwing(new Outage()))).headers['retry-after'], '1');
    assert.equal((await answerTo(throwing(new Error()))).headers['retry-after'], undefined);
  });

  it('answers 400 to what cannot be stored, without its words and without a line in the log', async () => {
    const answer = await answerTo(throwing(new RangeError('the secret cause')));
    assert.equal(answer.status, 400);
    assert.doesNotMatch(answer.text, /secret/);
    assert.deepEqual(lines, []);
  });

  const refusals: [status: number, code: string][] = [
    [400, 'invalid_request'],
    [403, 'invalid_request'],
    [404, 'not_found'],
    [409, 'invalid_request'],
    [413, 'invalid_request'],
    [429, 'too_many_requests'],
    [499, 'invalid_request'],
  ];
  for (const [status, code] of refusals) {
    it(`answers ${status} as it was thrown, without its words and without a line in the log`, async () => {
      const answer = await answerTo((ctx) => ctx.throw(status, 'the secret cause'));
      assert.equal(answer.status, status);
      assert.equal(read(answer).error, code);
      assert.doesNotMatch(answer.text, /secret/);
      assert.deepEqual(lines, []);
    });
  }

  it('answers 404 where nothing answers', async () => {
    const answer = await answerTo((_, next) => next());
    assert.equal(answer.status, 404);
    assert.equal(read(answer).error, 'not_found');
  });

  it('leaves alone a 404 that says something', async () => {
    const { status, text } = await answerTo((ctx) => {
      ctx.status = 404;
      ctx.body = 'mine';
    });
    assert.deepEqual([status, text], [404, 'mine']);
  });

  const kinds: [accept: string | undefined, page: boolean][] = [
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    ['text/plain', false],
    ['application/json, text/html;q=0.9', false],
    ['text/html', true],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ];
  for (const [accept, page] of kinds) {
    it(`answers with ${page ? 'a page' : 'JSON'} to Accept ${accept ?? 'absent'}`, async () => {
      for (const fail of [
        throwing(new Error('the secret cause')),
        throwing(new Outage()),
        (() => undefined) as Middleware,
      ]) {
        const { headers, text } = await answerTo(fail, accept);
        assert.match(String(headers['content-type']), page ? /^text\/html/ : /^application\/json/);
        assert.match(text, /the request id/);
        assert.doesNotMatch(text, /secret/);
      }
    });
  }

  for (const accept of ['text/html', 'application/json']) {
    it(`drops what the failed request had set so far, before ${accept}`, async () => {
      const { status, headers, text } = await answerTo((ctx) => {
        ctx.cookies.set('session', 'secret');
        ctx.append('Set-Cookie', 'other=secret');
        ctx.set('WWW-Authenticate', 'Basic realm="secret"');
        ctx.type = 'text/css';
        ctx.body = 'the secret page';
        ctx.redirect('https://secret.example/');
        throw new Error('no');
      }, accept);
      assert.equal(status, 500);
      for (const name of ['set-cookie', 'location', 'www-authenticate'])
        assert.equal(headers[name], undefined);
      assert.match(String(headers['content-type']), new RegExp(`^${accept}`));
      assert.equal(Number(headers['content-length']), Buffer.byteLength(text));
      assert.doesNotMatch(text + JSON.stringify(headers), /secret/);
    });
  }

  it('answers HEAD without a body', async () => {
    const { status, text } = await answerTo(throwing(new Error('no')), undefined, 'HEAD');
    assert.deepEqual([status, text], [500, '']);
  });

  it('catches what fails later', async () => {
    const answer = await answerTo(async () => {
      await Promise.resolve();
      throw new Outage();
    });
    assert.equal(answer.status, 503);
  });
});
