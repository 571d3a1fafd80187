import { LineCounter, parseDocument } from 'yaml';
import type { YAMLError } from 'yaml';
import { joinPath } from './faults.ts';
import type { Fault } from './faults.ts';

/** Bounds what a file of a few lines can grow to: aliases of aliases, and how deep it nests. */
const mostAliases = 100;
const deepest = 30;
const mostCharacters = 4 * 1024 * 1024;
const mostSyntaxFaults = 20;

/** The parser's own messages may quote the file, which may hold a secret by mistake. */
const syntaxMessages: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'an alias is malformed',
  BAD_DQ_ESCAPE: 'this escape in double quotes does not exist',
  BAD_INDENT: 'the indentation is wrong',
  BAD_SCALAR_START: 'a value that begins with this character must be quoted',
  DUPLICATE_KEY: 'this key is given twice',
  MISSING_CHAR: 'a bracket, a quote, a comma or a colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line, with a colon after it',
  MULTIPLE_DOCS: 'a second document begins here; only one is allowed',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: 'this nests too deeply',
  TAB_AS_INDENT: 'a tab indents this line; use spaces',
  TAG_RESOLVE_FAILED: 'this tag is not known',
  UNEXPECTED_TOKEN: 'this does not belong here',
};

export type YamlReading = { value: unknown } | { faults: Fault[] };

/**
 * Read one YAML 1.2 document into plain values. Duplicate keys, tags, aliases without bound, NUL and
 * unpaired surrogates are faults; syntax faults name line and column, and `file` where it is given.
 */
export function readYaml(text: string, file?: string): YamlReading {
  const prefix = file === undefined ? '' : `${file}, `;
  const refuse = (path: string, message: string) => ({ faults: [{ path, message }] });
  if (text.length > mostCharacters) return refuse(file ?? '', `is longer than ${mostCharacters} characters`);

  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const problems = [...document.errors, ...document.warnings].slice(0, mostSyntaxFaults);
  if (problems.length > 0) {
    return {
      faults: problems.map(({ code, pos }) => {
        const { line, col } = lines.linePos(pos[0]);
        const message = syntaxMessages[code] ?? code.toLowerCase().replaceAll('_', ' ');
        return { path: `${prefix}line ${line}, column ${col}`, message };
      }),
    };
  }
  if (document.contents === null) return refuse(file ?? '', 'the configuration is empty');
  const value = resolveAliases(() => document.toJS({ maxAliasCount: mostAliases }) as unknown);
  if (value === undefined) {
    return refuse(
      file ?? '',
      `an alias has no anchor before it, or aliases multiply more than ${mostAliases} times`,
    );
  }
  const faults: Fault[] = [];
  checkText(value, '', 0, faults);
  return faults.length > 0 ? { faults } : { value };
}

/** The parser throws where an alias leads nowhere or too far. */
function resolveAliases(resolve: () => unknown): unknown {
  try {
    return resolve();
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** What no database column of text or JSON could hold; an alias inside its own anchor never ends. */
function checkText(value: unknown, path: string, depth: number, faults: Fault[]): void {
  if (depth > deepest) {
    faults.push({ path, message: `nests more than ${deepest} levels deep` });
  } else if (typeof value === 'string') {
    if (/[\0\p{Surrogate}]/u.test(value))
      faults.push({ path, message: 'holds a character that is not text' });
  } else if (Array.isArray(value)) {
    value.forEach((entry, index) => checkText(entry, joinPath(path, index), depth + 1, faults));
  } else if (value !== null && typeof value === 'object') {
    for (const [key, entry] of Object.entries(value)) {
      checkText(key, path, depth + 1, faults);
      checkText(entry, joinPath(path, key), depth + 1, faults);
    }
  }
}
