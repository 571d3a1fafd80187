import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** A calm word before the page goes on. Fields that take the focus name its id, so that it is read out. */
export function notice(text: string | undefined): Html | undefined {
  return text ? html`<p class="notice" id="notice">${text}</p>` : undefined;
}

/** The notice's id if there is one, for `aria-describedby`. */
export function noticeId(text: string | undefined): string | undefined {
  return text ? 'notice' : undefined;
}
