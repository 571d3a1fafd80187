import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attributes, Html, html, safeUrl } from '../../views/html.ts';
import { hostileText } from './hostile_text.ts';
import { strictParse } from './strict_parse.ts';

describe('html', () => {
  it('escapes what it is given', () => {
    assert.equal(
      String(html`<p>${`<b> & "c" 'd' \`e\``}</p>`),
      '<p>&#60;b&#62; &#38; &#34;c&#34; &#39;d&#39; &#96;e&#96;</p>',
    );
  });

  it('leaves its own markup as it is, nested and in arrays', () => {
    assert.equal(
      String(html`<ul>${['<', html`<li>${1}</li>`, [2, [html`<br>`]]]}</ul>`),
      '<ul>&#60;<li>1</li>2<br></ul>',
    );
  });

  it('makes nothing of null, undefined and false, but writes zero', () => {
    assert.equal(String(html`(${null}${undefined}${false}${''}${[]}${0})`), '(0)');
  });

  it('takes nothing for markup that only looks like it', () => {
    const forged = { toString: () => '<script>' } as unknown as Html;
    assert.throws(() => html`${forged}`);
    assert.equal(String(new Html('<b>')), '<b>');
  });

  it('lets no text become a tag or leave its attribute', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (text, value) => {
        const markup = String(
          html`<p title="${value}"${attributes({ lang: value, hidden: true })}>${text}</p>`,
        );
        const [element, ...others] = strictParse(markup);
        assert.deepEqual(others, []);
        assert.equal(element?.text, text);
        assert.deepEqual(element?.attributes, { title: value, lang: value, hidden: '' });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('attributes', () => {
  it('writes strings quoted, true bare, and leaves false and undefined out', () => {
    assert.equal(
      String(attributes({ id: 'a"b', required: true, hidden: false, title: undefined, alt: '' })),
      ' id="a&#34;b" required alt=""',
    );
  });
});

describe('safeUrl', () => {
  for (const url of [
    '/a?b=c#d',
    '?a',
    '#a',
    'a/b',
    'https://example.com/',
    'http://127.0.0.1:3000/',
    'HTTPS://example.com',
  ]) {
    it(`lets ${url} pass`, () => assert.equal(safeUrl(url), url));
  }

  for (const url of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' \u0001javascript:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:https://example.com/x',
    'otpauth://totp/x',
    'https://',
  ]) {
    it(`stops ${JSON.stringify(url)}`, () => assert.equal(safeUrl(url), 'about:invalid'));
  }

  it('lets a further scheme pass where it is asked for, and only that', () => {
    assert.equal(safeUrl('otpauth://totp/x', 'otpauth:'), 'otpauth://totp/x');
    assert.equal(safeUrl('javascript:x', 'otpauth:'), 'about:invalid');
  });

  it('lets no text through that a browser takes for another scheme', () => {
    const scheme = fc.constantFrom(
      'javascript:',
      'jAvascript:',
      'java\tscript:',
      'data:',
      'vbscript:',
      'https:',
      '/',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\u0000', ' ', '\n', '\t', '/', '\\') }),
        scheme,
        fc.string(),
        (before, start, rest) => {
          const { protocol } = new URL(safeUrl(before + start + rest), 'https://issuer.example/interaction/');
          assert.ok(['https:', 'http:', 'about:'].includes(protocol), protocol);
        },
      ),
    );
  });
});
