import assert from 'node:assert/strict';
import { allowFormTargets, securityHeaders } from '../../src/http/security_headers.ts';
import { serveKoa } from '../support/bare_koa.ts';
import type { BareAnswer } from '../support/bare_koa.ts';

const secureIssuer = 'https://login.example.com';

async function answerOf(issuer: string, ...targets: (string | undefined)[][]): Promise<BareAnswer> {
  const app = await serveKoa([
    securityHeaders(issuer),
    (ctx) => {
      for (const uris of targets) allowFormTargets(ctx, uris);
      ctx.body = 'a page';
    },
  ]);
  const answer = await app.request('/');
  await app.close();
  return answer;
}

/** The sources of each directive, by its name. */
function readPolicy({ headers }: BareAnswer): Record<string, string[]> {
  const directives = String(headers['content-security-policy']).split(';');
  return Object.fromEntries(
    directives.map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ');
      return [name, sources];
    }),
  );
}

describe('securityHeaders', () => {
  it('let a page load from here alone, be framed by nobody, and post to us', async () => {
    assert.deepEqual(readPolicy(await answerOf(secureIssuer)), {
      'default-src': ["'none'"],
      'style-src': ["'self'"],
      'script-src': ["'self'"],
      'img-src': ["'self'", 'data:', 'https:'],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
      'form-action': ["'self'"],
    });
  });

  it('allow nothing inline and nothing evaluated', async () => {
    const policy = String((await answerOf(secureIssuer)).headers['content-security-policy']);
    assert.doesNotMatch(policy, /unsafe|nonce|\*/);
  });

  it('are on every answer', async () => {
    const { headers } = await answerOf(secureIssuer);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['referrer-policy'], 'same-origin');
    assert.equal(headers['strict-transport-security'], 'max-age=63072000; includeSubDomains');
  });

  it('ask for https only where the issuer has it', async () => {
    const { headers } = await answerOf('http://localhost:3000');
    assert.equal(headers['strict-transport-security'], undefined);
  });

  it('stand on an answer that fails', async () => {
    const app = await serveKoa([
      async (ctx, next) => {
        try {
          await next();
        } catch {
          ctx.status = 500;
        }
      },
      securityHeaders(secureIssuer),
      (ctx) => ctx.throw(500),
    ]);
    const { status, headers } = await app.request('/');
    assert.equal(status, 500);
    assert.ok(headers['content-security-policy']);
    await app.close();
  });
});

describe('allowFormTargets', () => {
  const targets: [uris: (string | undefined)[], sources: string[]][] = [
    [[], []],
    [[undefined], []],
    [['not a uri'], []],
    [['https://app.example.com/callback?x=1'], ['https://app.example.com']],
    [['https://app.example.com:8443/callback'], ['https://app.example.com:8443']],
    [['https://app.example.com:443/callback'], ['https://app.example.com']],
    [['http://127.0.0.1:53182/callback'], ['http://127.0.0.1:53182']],
    [['https://user:pass@app.example.com/'], ['https://app.example.com']],
    [['https://bücher.example/cb'], ['https://xn--bcher-kva.example']],
    [['com.example.app:/oauth/callback'], ['com.example.app:']],
    [['com.example.app://callback/path'], ['com.example.app:']],
    [['https://a.example/1', 'https://a.example/2'], ['https://a.example']],
    [
      ['https://a.example/', 'com.example.app:/x', undefined],
      ['https://a.example', 'com.example.app:'],
    ],
    [["https://a.example/'self';script-src *"], ['https://a.example']],
  ];
  for (const [uris, sources] of targets) {
    it(`names ${sources.join(' and ') || 'nobody'} for ${JSON.stringify(uris)}`, async () => {
      const policy = readPolicy(await answerOf(secureIssuer, uris));
      assert.deepEqual(policy['form-action'], ["'self'", ...sources]);
      assert.deepEqual(
        { ...policy, 'form-action': [] },
        { ...readPolicy(await answerOf(secureIssuer)), 'form-action': [] },
      );
    });
  }

  it('adds to what was allowed before', async () => {
    const policy = readPolicy(await answerOf(secureIssuer, ['https://a.example/'], ['https://b.example/']));
    assert.deepEqual(policy['form-action']?.toSorted(), ["'self'", 'https://a.example', 'https://b.example']);
  });

  it('makes no policy where there is none', async () => {
    const app = await serveKoa([
      (ctx) => {
        allowFormTargets(ctx, ['https://a.example/']);
        ctx.body = 'a page';
      },
    ]);
    assert.equal((await app.request('/')).headers['content-security-policy'], undefined);
    await app.close();
  });
});
