import { html } from './html.ts';
import type { Html } from './html.ts';
import { facts, layout } from './layout.ts';

export interface ErrorWords {
  readonly heading: string;
  readonly sentence: string;
  /** The server's own words. */
  readonly facts?: readonly (readonly [name: string, value: string | undefined])[];
  /** The way back. */
  readonly action: { readonly label: string; readonly path: string };
}

export function errorPage(words: ErrorWords): Html {
  const { heading, sentence, action } = words;
  return layout(
    heading,
    html`<p class="lead">${sentence}</p>
${words.facts && facts(words.facts)}
<form action="${action.path}"><button class="button primary">${action.label}</button></form>`,
  );
}
