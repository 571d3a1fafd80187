import assert from 'node:assert/strict';
import { parseForm, readField } from '../../src/http/forms.ts';
import { serveKoa } from '../support/bare_koa.ts';
import type { BareKoa } from '../support/bare_koa.ts';

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('readField', () => {
  let app: BareKoa;

  before(async () => {
    app = await serveKoa([
      parseForm,
      (ctx) => {
        ctx.body = { value: readField(ctx, 'field', 10) };
      },
    ]);
  });
  after(() => app.close());

  async function read(body: string, headers: Record<string, string> = form): Promise<unknown> {
    const { status, text } = await app.request('/', { method: 'POST', headers, body });
    assert.equal(status, 200);
    return (JSON.parse(text) as { value: unknown }).value;
  }

  const fields: [body: string, value: string][] = [
    ['field=value', 'value'],
    ['field=a+b%20c', 'a b c'],
    ['field=%C3%BC%F0%9F%94%91', 'ü🔑'],
    ['field=%3Cb%3E%26', '<b>&'],
    ['field=a%3D%26b', 'a=&b'],
    ['field=0123456789', '0123456789'],
    ['other=1&field=2', '2'],
    ['field=', ''],
    ['field', ''],
    ['', ''],
    ['other=1', ''],
    ['field=0123456789a', ''],
    ['field=a%00b', ''],
    ['field=one&field=two', ''],
    ['field=one&field=one', ''],
    ['field[]=one', ''],
    ['field[key]=one', ''],
    ['field[0]=one&field[1]=two', ''],
    ['__proto__[field]=value', ''],
    ['constructor[prototype][field]=value', ''],
  ];
  for (const [body, value] of fields) {
    it(`gives ${JSON.stringify(value)} for ${JSON.stringify(body)}`, async () => {
      assert.equal(await read(body), value);
    });
  }

  it('gives nothing that a form has from its prototype', async () => {
    const inherited = await serveKoa([
      parseForm,
      (ctx) => {
        ctx.body = ['constructor', 'toString', '__proto__', 'hasOwnProperty'].map((name) =>
          readField(ctx, name, 99),
        );
      },
    ]);
    const { text } = await inherited.request('/', { method: 'POST', headers: form, body: 'field=value' });
    assert.deepEqual(JSON.parse(text), ['', '', '', '']);
    await inherited.close();
  });

  it('gives nothing where no form was parsed', async () => {
    const unparsed = await serveKoa([
      (ctx) => {
        ctx.body = { value: readField(ctx, 'field', 10) };
      },
    ]);
    const { text } = await unparsed.request('/?field=value');
    assert.deepEqual(JSON.parse(text), { value: '' });
    await unparsed.close();
  });

  const others: [type: string, body: string][] = [
    ['application/json', '{"field":"value"}'],
    ['text/plain', 'field=value'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="field"\r\n\r\nvalue\r\n--x--',
    ],
  ];
  for (const [type, body] of others) {
    it(`gives nothing of a body that is ${type}`, async () => {
      const { status, text } = await app.request('/', {
        method: 'POST',
        headers: { 'Content-Type': type },
        body,
      });
      assert.deepEqual([status, text], [200, '{"value":""}']);
    });
  }
});

describe('parseForm', () => {
  const post = async (body: string, headers: Record<string, string> = form) => {
    const app = await serveKoa([
      parseForm,
      (ctx) => {
        ctx.body = 'parsed';
      },
    ]);
    const answer = await app.request('/', { method: 'POST', headers, body });
    await app.close();
    return answer;
  };

  const sizes: [length: number, status: number][] = [
    [16 * 1024, 200],
    [16 * 1024 + 1, 413],
    [200_000, 413],
  ];
  for (const [length, status] of sizes) {
    it(`answers ${status} to ${length} bytes`, async () => {
      assert.equal((await post(`field=${'a'.repeat(length - 'field='.length)}`)).status, status);
    });
  }

  it('refuses what is not what it says', async () => {
    const { status } = await post('field=value', { ...form, 'Content-Encoding': 'gzip' });
    assert.ok(status >= 400 && status < 500, String(status));
  });

  it('outlives a form of a thousand fields', async () => {
    const fields = Array.from({ length: 3000 }, (_, index) => `f${index}=`)
      .join('&')
      .slice(0, 16_000);
    const { status } = await post(fields);
    assert.ok(status === 200 || status === 413 || status === 400, String(status));
  });
});
