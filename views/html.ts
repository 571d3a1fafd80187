/**
 * Markup that goes into a page as it is. Made by `html` and `attributes`; call the constructor only for
 * markup this program wrote itself, never for anything a person or a client sent.
 */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What a template takes: arrays are joined; null, undefined and false are empty. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

/** Escapes every part that is not `Html`. Attribute values must be in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((before, next, index) => before + render(parts[index - 1]) + next));
}

/** An attribute's value; true writes the bare name, false and undefined leave the attribute out. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** Attributes with a leading space each. Names are written as given: they must be literals. */
export function attributes(values: Attributes): Html {
  return html`${Object.entries(values).map(([name, value]) => attribute(new Html(name), value))}`;
}

/**
 * A URL fit for `href`, `src` and `action`: relative, http, https, or one of the schemes `also` allowed
 * (with their colon). Any other becomes `about:invalid`: escaping alone does not stop `javascript:`.
 */
export function safeUrl(url: string, ...also: readonly string[]): string {
  const scheme = URL.parse(url, RELATIVE_TO)?.protocol;
  return scheme !== undefined && [...WEB_SCHEMES, ...also].includes(scheme) ? url : 'about:invalid';
}

const WEB_SCHEMES = ['http:', 'https:'];
const RELATIVE_TO = 'https://relative.invalid';

function attribute(name: Html, value: string | boolean | undefined): Html | undefined {
  if (value === undefined || value === false) return undefined;
  return value === true ? html` ${name}` : html` ${name}="${value}"`;
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'object') return part.map(render).join('');
  return String(part).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
