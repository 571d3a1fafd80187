import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';

export interface PageLinks {
  /** The page after this one; undefined: it is the last. */
  readonly nextUrl?: string | undefined;
  /** The first page, where this is another. */
  readonly firstUrl?: string | undefined;
  /** The search stopped before the end: not everything was looked at. */
  readonly isCut?: boolean | undefined;
}

/** The way on in a list that is read page by page. */
export function pageLinks({ nextUrl, firstUrl, isCut }: PageLinks): Html | undefined {
  if (nextUrl === undefined && firstUrl === undefined) return undefined;
  return html`<nav class="pages" aria-label="Pages">
${isCut && html`<p class="soft">There is more to look through.</p>`}
${firstUrl !== undefined && html`<a href="${safeUrl(firstUrl)}">From the beginning</a>`}
${nextUrl !== undefined && html`<a href="${safeUrl(nextUrl)}">${isCut ? 'Look further' : 'Next page'}</a>`}
</nav>`;
}
