import { html } from '../html.ts';
import type { Html } from '../html.ts';

export interface Moment {
  /** ISO 8601, for programs. */
  readonly iso: string;
  /** "27 Nov 2026, 19:10 UTC": a script puts the reader's own time in its place. */
  readonly text: string;
  /** "3 hours ago", "in 25 minutes". */
  readonly distance: string;
}

/** How far away, then when. */
export function moment({ iso, text, distance }: Moment): Html {
  return html`${distance} <time class="when" datetime="${iso}">${text}</time>`;
}
