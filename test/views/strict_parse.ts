/** One element as `strictParse` finds it; `text` is all that stands inside, decoded. */
export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly parents: readonly string[];
  text: string;
}

/**
 * Read a page by rules far stricter than HTML's, and throw where it breaks one: attribute values in double
 * quotes, every `<`, `>`, `"` and `&` in text escaped, elements closed in order. What passes has exactly the
 * elements and attributes that this finds, in any browser.
 */
export function strictParse(markup: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  for (const [token] of tokensOf(markup)) {
    if (token.startsWith('<!')) continue;
    if (token.startsWith('</')) {
      const element = open.pop();
      if (token !== `</${element?.tag}>`) throw new Error(`${token} closes ${element?.tag}`);
    } else if (token.startsWith('<')) {
      const element = elementOf(token, open);
      elements.push(element);
      if (!VOID.has(element.tag) && !token.endsWith('/>')) open.push(element);
    } else {
      for (const element of open) element.text += decode(token);
    }
  }
  if (open.length > 0) throw new Error(`${open.at(-1)?.tag} is never closed`);
  return elements;
}

/** The tags with their attributes' names: what no input may change. */
export function shapeOf(elements: readonly Element[]): string[] {
  return elements.map(({ tag, attributes }) => [tag, ...Object.keys(attributes)].join(' '));
}

const VOID = new Set(['meta', 'link', 'input', 'img', 'br']);
const ATTRIBUTE = / ([a-z][a-zA-Z-]*)(?:="([^"<>]*)")?/g;
const TOKEN = /<!doctype html>|<\/[a-z0-9]+>|<[a-z0-9]+(?: [a-z][a-zA-Z-]*(?:="[^"<>]*")?)*\/?>|[^<>]+/gy;

function* tokensOf(markup: string): Generator<RegExpMatchArray> {
  let end = 0;
  for (const token of markup.matchAll(TOKEN)) {
    end = token.index + token[0].length;
    yield token;
  }
  if (end !== markup.length) throw new Error(`no markup: ${markup.slice(end, end + 80)}`);
}

function elementOf(token: string, open: readonly Element[]): Element {
  const tag = /^<([a-z0-9]+)/.exec(token)?.[1] ?? '';
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of token.matchAll(ATTRIBUTE)) {
    if (name in attributes) throw new Error(`${token} has ${name} twice`);
    attributes[name] = decode(value);
  }
  return { tag, attributes, parents: open.map((parent) => parent.tag), text: '' };
}

function decode(text: string): string {
  if (/&(?!#[0-9]+;)/.test(text)) throw new Error(`an ampersand is not escaped: ${text}`);
  return text.replace(/&#([0-9]+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
