import { Lexer, LineCounter, parseDocument } from 'yaml';
import type { YAMLError } from 'yaml';
import { checkText, deepest, tooDeep } from './check_text.ts';
import type { Fault } from './faults.ts';

/** Bounds what a file of a few lines can grow to. */
const mostAliases = 100;
const widestIndentation = 400;
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
  if (isTooDeep(text)) return refuse(file ?? '', tooDeep);

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
  const faults = checkText(value);
  return faults.length > 0 ? { faults } : { value };
}

/** The parser recurses, and near the end of the stack the engine itself may give up: look at the tokens first. */
function isTooDeep(text: string): boolean {
  let open = 0;
  let compact = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (isScalar) isScalar = false;
    else if (token === '\x1f') isScalar = true;
    else if (token === '[' || token === '{') open += 1;
    else if (token === ']' || token === '}') open -= 1;
    else if (token === '-' || token === '?') compact += 1;
    else if (token.endsWith('\n')) compact = 0;
    else if (token.length > widestIndentation && token.trim() === '') return true;
    if (open > deepest || compact > deepest) return true;
  }
  return false;
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
