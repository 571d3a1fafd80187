import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { hostileText } from './hostile_text.ts';
import { fullPages } from './pages.ts';
import type { Text } from './pages.ts';
import { shapeOf, strictParse } from './strict_parse.ts';
import type { Element } from './strict_parse.ts';

const views = new URL('../../views/', import.meta.url);
const plain: Text = (name) => `/${name}`;

for (const [name, page] of Object.entries(fullPages)) {
  const elements = strictParse(String(page(plain)));
  const all = (tag: string): Element[] => elements.filter((element) => element.tag === tag);

  describe(`the page ${name}`, () => {
    it('has one h1, and a title that ends with it', () => {
      assert.equal(all('h1').length, 1);
      assert.equal(all('title')[0]?.text.replace(/^Error: /, ''), all('h1')[0]?.text);
    });

    it('has a language, landmarks, and a skip link that leads to main', () => {
      assert.equal(all('html')[0]?.attributes['lang'], 'en');
      assert.equal(all('header').length, 1);
      assert.deepEqual(
        all('main').map(({ attributes }) => attributes['id']),
        ['main'],
      );
      const [first] = elements.filter(({ tag, parents }) => tag === 'a' && parents.includes('body'));
      assert.equal(first?.attributes['href'], '#main');
    });

    it('needs nothing that the content security policy forbids', () => {
      for (const { tag, attributes, text } of elements) {
        assert.notEqual(tag, 'style');
        if (tag === 'script') assert.deepEqual([text, Boolean(attributes['src'])], ['', true]);
        for (const attribute of Object.keys(attributes)) assert.doesNotMatch(attribute, /^(style|on.*)$/);
      }
    });

    it('takes from the assets only what is there', () => {
      const urls = elements.flatMap(({ attributes }) => [attributes['href'], attributes['src']]);
      const assets = urls.flatMap((url) => /^\/assets\/([^?]+)\?v=0123abcd$/.exec(url ?? '')?.[1] ?? []);
      assert.ok(assets.includes('app.css'));
      for (const asset of assets) assert.ok(existsSync(new URL(`assets/${asset}`, views)), asset);
    });

    it('has forms that ask or post, each with one button, those that post with a token, and every id once', () => {
      const methods = all('form').map(({ attributes }) => attributes['method']);
      const posts = methods.filter((method) => method !== 'get');
      assert.deepEqual(
        posts,
        posts.map(() => 'post'),
      );
      assert.equal(all('button').length, methods.length);
      assert.equal(
        all('input').filter((input) => /^(csrf|xsrf)$/.test(input.attributes['name'] ?? '')).length,
        posts.length,
      );
      const ids = elements.flatMap(({ attributes }) => attributes['id'] ?? []);
      assert.deepEqual(ids, [...new Set(ids)]);
    });

    it('labels every field, and describes it only by what is there', () => {
      const ids = new Set(elements.map(({ attributes }) => attributes['id']));
      const labelled = new Set(all('label').map(({ attributes }) => attributes['for']));
      const fields = ['input', 'select', 'textarea'].flatMap(all);
      for (const { attributes } of fields.filter((field) => field.attributes['type'] !== 'hidden')) {
        assert.ok(labelled.has(attributes['id']));
        for (const id of attributes['aria-describedby']?.split(' ') ?? []) assert.ok(ids.has(id), id);
      }
    });

    it('focuses one field at most', () => {
      assert.ok(elements.filter(({ attributes }) => 'autofocus' in attributes).length <= 1);
    });

    it('keeps its markup whatever the texts are', () => {
      const shape = shapeOf(elements);
      fc.assert(
        fc.property(fc.array(hostileText, { minLength: 1, maxLength: 5 }), (texts) => {
          let next = 0;
          const markup = String(page(() => texts[next++ % texts.length] ?? ''));
          assert.deepEqual(shapeOf(strictParse(markup)), shape);
        }),
      );
    });

    it('keeps its markup with the longest names', () => {
      const long = String(page(() => 'Ä<&"'.repeat(50)));
      assert.deepEqual(shapeOf(strictParse(long)), shapeOf(elements));
    });

    it('follows no address that would run', () => {
      const hostile = strictParse(String(page(() => 'javascript:alert(1)')));
      for (const { attributes } of hostile) {
        for (const url of [attributes['href'], attributes['src'], attributes['action']]) {
          assert.doesNotMatch(url ?? '', /^javascript:/);
        }
      }
    });
  });
}

describe('views', () => {
  it('import nothing from outside', () => {
    for (const file of readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    )) {
      const source = readFileSync(new URL(file, views), 'utf8');
      for (const [, from = ''] of source.matchAll(/from '([^']+)'/g)) {
        assert.ok(new URL(from, new URL(file, views)).href.startsWith(views.href), `${file} imports ${from}`);
      }
    }
  });
});
