import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const unread = /(^|\/)(node_modules|\.git|\.curfew|dist)(\/|$)/;

describe('links of the documentation', () => {
  it('lead to files, and to headings of theirs', () => {
    const pages = (readdirSync(root, { recursive: true }) as string[]).filter(
      (file) => file.endsWith('.md') && !unread.test(file),
    );
    assert.ok(pages.length > 40);
    const dead = pages.flatMap((page) =>
      listDeadLinks(page, readPage(page), {
        isThere: (file) => statSync(path.join(root, file), { throwIfNoEntry: false }) !== undefined,
        read: readPage,
      }),
    );
    assert.deepEqual(dead, []);
  });
});

describe('the checker of links', () => {
  const files: Record<string, string> = {
    'README.md': '# All\n',
    'docs/a.md': '# A `b`, c & d\n\n```sh\n# no heading [no](link.md)\n```\n\n## Twice\n\n## Twice\n',
  };
  const check = (link: string) =>
    listDeadLinks('docs/b.md', `# Here\n\n[text](${link})\n`, {
      isThere: (file) => file in files,
      read: (file) => files[file] ?? '',
    });

  for (const link of [
    'a.md',
    '../README.md#all',
    'a.md#a-b-c--d',
    'a.md#twice-1',
    '#here',
    'https://x.example/#y',
  ])
    it(`accepts ${link}`, () => assert.deepEqual(check(link), []));
  for (const link of ['c.md', '../a.md', 'a.md#no-heading', 'a.md#twice-2', '#there'])
    it(`finds that ${link} leads nowhere`, () => assert.deepEqual(check(link), [`docs/b.md: ${link}`]));
});

function readPage(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** Relative links of a page that lead to no file, or to no heading of a page. */
function listDeadLinks(
  page: string,
  text: string,
  files: { isThere(file: string): boolean; read(file: string): string },
): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links
    .filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      if (file !== '' && !files.isThere(target)) return true;
      return anchor !== undefined && !listAnchors(file === '' ? text : files.read(target)).has(anchor);
    })
    .map((link) => `${page}: ${link}`);
}

/** As GitHub makes them. */
function listAnchors(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(text).matchAll(/^#+ (.+)$/gm)) {
    const name = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\p{Mark} _-]/gu, '')
      .replaceAll(' ', '-');
    let count = 0;
    while (anchors.has(count === 0 ? name : `${name}-${count}`)) count += 1;
    anchors.add(count === 0 ? name : `${name}-${count}`);
  }
  return anchors;
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}
