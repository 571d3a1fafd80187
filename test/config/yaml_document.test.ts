import assert from 'node:assert/strict';
import { parseConfigurationFile } from '../../src/config/configuration_file.ts';
import { faultsOf, parse } from './parsing.test.ts';

describe('the YAML of a file', () => {
  const refused: [text: string, fault: RegExp][] = [
    ['', /^the configuration is empty$/],
    ['# nothing but a comment', /^the configuration is empty$/],
    ['policies', /^the file must be a mapping of sections$/],
    ['- policies', /^the file must be a mapping of sections$/],
    ['roles: {}\nroles: {}', /^line 2, column 1: this key is given twice$/],
    ['roles:\n  a: {}\n  b: {}\n  a: {}', /^line 4, column 3: this key is given twice$/],
    ['roles:\n\ta: {}', /^line 2, column 1: a tab indents this line; use spaces$/],
    ['roles: { a: {}', /^line 1, column 15: the indentation is wrong$/],
    ['roles: "a', /^line 1, column 10: a bracket, a quote, a comma or a colon is missing$/],
    ['roles: "a" secret', /^line 1, column 12: this does not belong here$/],
    ['roles: @a', /^line 1, column 8: a value that begins with this character must be quoted$/],
    ['roles: {}\n---\nroles: {}', /^line 2, column 1: a second document begins here; only one is allowed$/],
    ['roles: !!js/function a', /^line 1, column 8: this tag is not known$/],
    ['? [a]\n: b', /^line 1, column 3: a key must be text$/],
    ['roles: *a', /^an alias has no anchor before it, or aliases multiply more than 100 times$/],
    ['roles: &a { a: *a }', /^roles\.a: is an alias inside its own anchor$/],
    [`roles: ${'['.repeat(40)}${']'.repeat(40)}`, /nests more than 30 levels deep$/],
    ['branding: { name: "a\\0b" }', /^branding\.name: holds a character that is not text$/],
    ['branding: { name: a\0b }', /^branding\.name: holds a character that is not text$/],
    ['branding: { "na\\0me": a }', /^branding: holds a character that is not text$/],
    ['branding: { name: "\\uD800" }', /^branding\.name: holds a character that is not text$/],
    [`# ${'x'.repeat(4 * 1024 * 1024)}`, /^is longer than 4194304 characters$/],
  ];
  for (const [text, fault] of refused) {
    it(`is refused: ${JSON.stringify(text.slice(0, 60))}`, () => {
      const faults = faultsOf(text);
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', fault);
    });
  }

  it('names the file in its own faults', () => {
    const options = { env: {}, path: 'curfew.yaml' };
    assert.throws(() => parseConfigurationFile('a: 1\na: 2', options), {
      message: 'curfew.yaml, line 2, column 1: this key is given twice',
    });
    assert.throws(() => parseConfigurationFile('', options), {
      message: 'curfew.yaml: the configuration is empty',
    });
  });

  it('names every duplicate key', () => {
    const faults = faultsOf('roles: {}\nroles: {}\nusers: []\nusers: []');
    assert.deepEqual(
      faults.map((fault) => fault.split(':')[0]),
      ['line 2, column 1', 'line 4, column 1'],
    );
  });

  it('cannot run in circles through many aliases', () => {
    const faults = faultsOf(`roles: &a [${Array(40).fill('*a').join(', ')}]`);
    assert.equal(faults.length, 40);
    assert.equal(faults[39], 'roles[39]: is an alias inside its own anchor');
  });

  it('cannot grow without bound through aliases', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const before = level === 0 ? 'a' : `*l${level - 1}`;
      return `  l${level}: &l${level} [${Array(9).fill(before).join(', ')}]`;
    });
    assert.match(faultsOf(`roles:\n${levels.join('\n')}`).join('\n'), /aliases multiply/);
  });

  const indented = Array.from({ length: 1500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n');
  for (const text of ['['.repeat(1e6), '{a: '.repeat(1e6), '- '.repeat(1e6), '? '.repeat(1e6), indented]) {
    it(`nested past the stack is a fault, not a crash: ${JSON.stringify(text.slice(0, 8))}`, () => {
      assert.deepEqual(faultsOf(text), ['nests more than 30 levels deep']);
    });
  }

  it('may hold brackets and dashes in text', () => {
    const name = '[{- ? '.repeat(15);
    for (const text of [name.trim(), `a ${name}`.trim()]) {
      assert.equal(parse(`branding: { name: '${text}' }`).branding?.name, text);
    }
    assert.equal(parse(`branding:\n  name: a${'-'.repeat(90)}`).branding?.name, `a${'-'.repeat(90)}`);
  });

  it('may use anchors, numbers as names, a byte order mark and CRLF', () => {
    const file = parse('\ufeffpolicies:\r\n  404: &a { refresh_idle: 5m }\r\n  b: *a\r\n');
    assert.deepEqual([...(file.policies?.keys() ?? [])].toSorted(), ['404', 'b']);
    assert.deepEqual(file.policies?.get('b'), { limits: { refresh_idle: 300 }, baselines: [] });
  });
});
