import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { listTokens, readTree } from './source_text.test.ts';
import type { Tree } from './source_text.test.ts';

const snakeCase = /^[a-z][a-z0-9]*(_[a-z0-9]+)*(\.d|\.test)?\.ts$/;
const otherSources = /^(README\.md|[a-z][a-z0-9]*(_[a-z0-9]+)*\.(json|yaml|sql))$/;
const emptyWord = /(^|_)(utils?|helpers?|common|managers?|services?)$/;
const reminder = /\b(TODO|FIXME|XXX)\b/;
const readmeLines = { least: 3, most: 12 };

/** Faults of file names, READMEs, left-over reminders, and tests that leave others out. */
export function listMannerFaults(files: Tree): string[] {
  return [...[...files].flatMap(([path, text]) => listFaultsOf(path, text)), ...listReadmeFaults(files)];
}

function listFaultsOf(path: string, text: string): string[] {
  const faults: string[] = [];
  if (!isNameRight(path)) faults.push(`${path} is not named snake_case.ts`);
  if (isNameEmpty(path)) faults.push(`${path} has a name that says nothing`);
  if (/^(src|views|migrations|examples)\//.test(path) && !path.endsWith('package-lock.json')) {
    const found = reminder.exec(text)?.[0];
    if (found) faults.push(`${path} says ${found}`);
  }
  if (/^test\/.*\.ts$/.test(path)) faults.push(...listLeftOut(text).map((name) => `${path} has ${name}`));
  return faults;
}

function isNameRight(path: string): boolean {
  const name = posix.basename(path);
  if (path === 'src/bin.js') return true;
  if (name.endsWith('.ts'))
    return snakeCase.test(name) && (path.startsWith('test/') || !name.endsWith('.test.ts'));
  return !path.startsWith('src/') || otherSources.test(name);
}

/** An example may be called what it is: a service. */
function isNameEmpty(path: string): boolean {
  if (path.startsWith('examples/')) return false;
  return path.split('/').some((part) => emptyWord.test(part.replace(/\..*$/, '')));
}

function listLeftOut(text: string): string[] {
  const tokens = listTokens(text);
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'word') return [];
    const isMember = tokens[at - 1]?.text === '.';
    if (isMember && (token.text === 'only' || token.text === 'skip')) return [`.${token.text}`];
    return !isMember && /^x(it|describe|context|specify)$/.test(token.text) ? [token.text] : [];
  });
}

function listReadmeFaults(files: Tree): string[] {
  const folders = new Set([...files.keys()].flatMap((path) => /^src\/[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  return [...folders].flatMap((folder) => {
    const readme = files.get(`${folder}/README.md`);
    if (readme === undefined) return [`${folder} has no README.md`];
    const lines = readme.trimEnd().split('\n').length;
    if (lines >= readmeLines.least && lines <= readmeLines.most) return [];
    return [`${folder}/README.md has ${lines} lines, not ${readmeLines.least} to ${readmeLines.most}`];
  });
}

describe('manners of the house', () => {
  it('hold in every file', () => {
    const files = readTree(['src', 'views', 'migrations', 'test', 'bench', 'examples']);
    assert.deepEqual(listMannerFaults(files), []);
  });
});

describe('the checker of manners', () => {
  const readme = 'one\ntwo\nthree\n';
  const refused: [files: Record<string, string>, fault: string][] = [
    [{ 'views/endSession.ts': '' }, 'views/endSession.ts is not named snake_case.ts'],
    [{ 'bench/end-session.ts': '' }, 'bench/end-session.ts is not named snake_case.ts'],
    [{ 'views/a.test.ts': '' }, 'views/a.test.ts is not named snake_case.ts'],
    [{ 'src/other.js': '' }, 'src/other.js is not named snake_case.ts'],
    [{ 'test/helpers/a.ts': '' }, 'test/helpers/a.ts has a name that says nothing'],
    [{ 'views/utils.ts': '' }, 'views/utils.ts has a name that says nothing'],
    [{ 'views/common/a.ts': '' }, 'views/common/a.ts has a name that says nothing'],
    [
      { 'test/support/session_manager.ts': '' },
      'test/support/session_manager.ts has a name that says nothing',
    ],
    [{ 'views/service.ts': '' }, 'views/service.ts has a name that says nothing'],
    [{ 'views/a.ts': '// TODO: later' }, 'views/a.ts says TODO'],
    [{ 'migrations/0001_a.sql': '-- FIXME' }, 'migrations/0001_a.sql says FIXME'],
    [{ 'examples/web/a.js': '/* XXX */' }, 'examples/web/a.js says XXX'],
    [{ 'test/a.test.ts': "describe.only('a', () => {})" }, 'test/a.test.ts has .only'],
    [{ 'test/a.test.ts': "it\n  .skip('a', () => {})" }, 'test/a.test.ts has .skip'],
    [{ 'test/a.test.ts': 'this.skip()' }, 'test/a.test.ts has .skip'],
    [{ 'test/a.test.ts': "xit('a', () => {})" }, 'test/a.test.ts has xit'],
    [{ 'src/store/a.ts': '' }, 'src/store has no README.md'],
    [{ 'src/store/README.md': 'one\ntwo\n' }, 'src/store/README.md has 2 lines, not 3 to 12'],
    [{ 'src/store/README.md': 'one\n'.repeat(13) }, 'src/store/README.md has 13 lines, not 3 to 12'],
  ];
  for (const [files, fault] of refused) {
    it(`finds that ${fault}`, () =>
      assert.deepEqual(listMannerFaults(new Map(Object.entries(files))), [fault]));
  }

  it('accepts what is right', () => {
    const files = {
      'src/bin.js': '',
      'src/store/README.md': readme,
      'src/store/end_session.ts': '',
      'src/config/README.md': 'one\n'.repeat(12),
      'src/config/generated/schema.json': '',
      'src/dev/README.md': readme,
      'src/dev/untyped_package.d.ts': '',
      'views/assets/page.css': '',
      'views/common_words.ts': '',
      'test/a.test.ts': "it('is the only one', () => { /* .skip */ only(skip); })",
      'test/house/reminders.test.ts': '// TODO',
      'examples/service/main.ts': '',
    };
    assert.deepEqual(listMannerFaults(new Map(Object.entries(files))), []);
  });
});
