import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path from the repository's root, with `/`, to text; a file that is no text stands with an empty one. */
export type Tree = ReadonlyMap<string, string>;

/** A template with substitutions is its parts, and between them the tokens of what is substituted. */
export interface Token {
  kind: 'word' | 'mark' | 'string' | 'template' | 'regex';
  text: string;
  /** Whether it follows the token before it without a space. */
  glued: boolean;
}

/** What a module imports or exports from, types included; undefined for `import(computed)`. */
export type Specifier = string | undefined;

const root = fileURLToPath(new URL('../../', import.meta.url));
const textTypes = new Set('.ts .js .mjs .cjs .json .css .html .svg .sql .md .yaml .yml'.split(' '));
const foreignFolders = new Set(['node_modules', 'dist']);

/** Read everything below `folders` of this repository; a folder that does not exist is empty. */
export function readTree(folders: readonly string[]): Tree {
  const files = new Map<string, string>();
  for (const folder of folders) readFolder(folder, files);
  return files;
}

function readFolder(folder: string, files: Map<string, string>): void {
  for (const entry of listEntries(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!foreignFolders.has(entry.name) && !entry.name.startsWith('.')) readFolder(path, files);
    } else {
      files.set(path, textTypes.has(extname(path)) ? readFileSync(join(root, path), 'utf8') : '');
    }
  }
}

function listEntries(folder: string) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const gap = /(?:\s+|\/\/.*|\/\*[^]*?\*\/)+/y;
const word = /[\p{ID_Start}\d$_#][\p{ID_Continue}$]*/uy;
const quoted = /'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"/y;
const templatePart = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;
const regex = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const beforeRegex = new Set(
  'return typeof case do else in of instanceof new delete void throw await yield'.split(' '),
);
const conditions = new Set(['if', 'while', 'for', 'with']);

/** The tokens of TypeScript or JavaScript (without JSX), comments left out. */
export function listTokens(source: string): Token[] {
  const tokens: Token[] = [];
  const braces: ('block' | 'template')[] = [];
  const parentheses: boolean[] = [];
  let conditionEnded = false;
  let at = source.startsWith('#!') ? source.indexOf('\n') : 0;
  let glued = false;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    at += text?.length ?? 0;
    return text;
  }
  function add(kind: Token['kind'], text: string): void {
    tokens.push({ kind, text, glued });
  }
  function addTemplatePart(): void {
    const part = take(templatePart);
    if (part === undefined) throw new Error('A template literal does not end.');
    if (part.endsWith('${')) braces.push('template');
    add('template', part.replace(/`$|\$\{$/, ''));
  }
  function addMark(mark: string): void {
    at += 1;
    if (mark === '(') parentheses.push(conditions.has(tokens.at(-1)?.text ?? ''));
    if (mark === ')') conditionEnded = parentheses.pop() ?? false;
    if (mark === '{') braces.push('block');
    if (mark === '}' && braces.pop() === 'template') return addTemplatePart();
    add('mark', mark);
  }

  while (at >= 0 && at < source.length) {
    glued = take(gap) === undefined;
    const next = source[at];
    if (next === undefined) break;
    const literal = take(quoted);
    if (literal !== undefined) add('string', literal.slice(1, -1));
    else if (next === '`') {
      at += 1;
      addTemplatePart();
    } else {
      const name = take(word);
      const pattern = next === '/' && mayStartRegex(tokens, conditionEnded) ? take(regex) : undefined;
      if (name !== undefined) add('word', name);
      else if (pattern !== undefined) add('regex', pattern);
      else addMark(next);
    }
  }
  return tokens;
}

/** Whether a `/` after these tokens begins a regular expression rather than divides. */
function mayStartRegex(tokens: readonly Token[], conditionEnded: boolean): boolean {
  const last = tokens.at(-1);
  const before = tokens.at(-2);
  if (!last) return true;
  if (last.kind === 'word') return beforeRegex.has(last.text) && before?.text !== '.';
  if (last.kind !== 'mark') return false;
  if (last.text === ')') return conditionEnded;
  if (last.text === ']') return false;
  const isPostfix = last.glued && before !== undefined;
  if (last.text === '!' && isPostfix) return before.kind === 'mark' && !')]'.includes(before.text);
  return !('+-'.includes(last.text) && isPostfix && before.text === last.text);
}

/** What the source imports, in order and once each: `import`, `export from`, `import()`, `require()`. */
export function listImports(source: string): Specifier[] {
  const tokens = listTokens(source);
  const specifiers = new Set<Specifier>();
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' || tokens[at - 1]?.text === '.') return;
    const next = tokens[at + 1];
    if (token.text === 'require' && next?.text === '(') specifiers.add(findArgument(tokens, at + 2));
    if (token.text !== 'import' && token.text !== 'export') return;
    if (token.text === 'import' && next?.text === '(') specifiers.add(findArgument(tokens, at + 2));
    else if (token.text === 'import' && next?.kind === 'string') specifiers.add(next.text);
    else for (const specifier of findClause(tokens, at + 1)) specifiers.add(specifier);
  });
  return [...specifiers];
}

function findArgument(tokens: readonly Token[], at: number): Specifier {
  const argument = tokens[at];
  const isWhole = [')', ','].includes(tokens[at + 1]?.text ?? '');
  return isWhole && (argument?.kind === 'string' || argument?.kind === 'template')
    ? argument.text
    : undefined;
}

/** `from '…'`, if nothing but names, braces, commas and stars stands before it. */
function findClause(tokens: readonly Token[], start: number): string[] {
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at];
    const next = tokens[at + 1];
    if (token?.text === 'from' && next?.kind === 'string') return [next.text];
    if (token?.kind === 'mark' ? !'{},*'.includes(token.text) : token?.kind === 'template') return [];
  }
  return [];
}

describe('the reader of source text', () => {
  const imports: [string, Specifier[]][] = [
    ["import a, { type B, c as d } from './a.ts';", ['./a.ts']],
    ['import type { A } from \'./a.ts\';\nimport * as b from "b"', ['./a.ts', 'b']],
    ["import {\n  from, // from 'x'\n} from './a.ts';", ['./a.ts']],
    ["import './a.ts'; import from from 'b'", ['./a.ts', 'b']],
    [
      "export * from './a.ts'; export * as b from './b.ts'; export { c } from './c.ts'",
      ['./a.ts', './b.ts', './c.ts'],
    ],
    ["export type { A } from './a.ts'; export { b };\nexport const from = 'x';", ['./a.ts']],
    [
      "const a = await import('./a.ts'); type B = import('./b.ts').B; import(`./c.ts`);",
      ['./a.ts', './b.ts', './c.ts'],
    ],
    ["import(name); import('./a' + '.ts'); import(`./${name}.ts`)", [undefined]],
    ["require('pg'); import data from './a.json' with { type: 'json' }", ['pg', './a.json']],
    ["// import './a.ts'\n/* import './b.ts'\n */ const text = \"import './c.ts'\";", []],
    [
      "const t = `import './a.ts' ${`${await import('./b.ts')} import './c.ts'`} import './d.ts'`",
      ['./b.ts'],
    ],
    ["const r = /import '[/']/; import './a.ts'", ['./a.ts']],
    ["if (x) /'/.test(x); import './a.ts'", ['./a.ts']],
    ["const half = (a + b) / 2; import './a.ts'; const c = list[0]! / 2 / i++ / 1", ['./a.ts']],
    ["const escaped = 'it\\'s'; import './a.ts'", ['./a.ts']],
    ["const url = import.meta.url; loader.import('./a.ts'); const o = { import: 'b', export: 'c' }", []],
    ["#!/usr/bin/env node\nimport './a.ts'", ['./a.ts']],
    ['', []],
  ];
  for (const [source, expected] of imports) {
    it(`finds [${expected.join(', ')}] in ${JSON.stringify(source)}`, () => {
      assert.deepEqual(listImports(source), expected);
    });
  }

  it('reads this repository', () => {
    const files = readTree(['test', 'no_such_folder']);
    assert.equal(
      files.get('test/house/source_text.test.ts'),
      readFileSync(fileURLToPath(import.meta.url), 'utf8'),
    );
  });
});
