import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';

export interface ErrorProps {
  readonly title: string;
  /** What happened and what to do, for people. */
  readonly message: string;
  /** The protocol's error code. */
  readonly detail?: string | undefined;
  readonly requestId: string;
  readonly retryUrl?: string | undefined;
}

export function errorPage(
  context: PageContext,
  { title, message, detail, requestId, retryUrl }: ErrorProps,
): Html {
  return layout(
    context,
    { heading: title, failed: true },
    html`<p class="lead">${message}</p>
${retryUrl && html`<p><a class="button primary" href="${safeUrl(retryUrl)}">Try again</a></p>`}
<dl class="facts">
${detail && html`<div><dt>Error</dt><dd><code>${detail}</code></dd></div>`}
<div><dt>Request</dt><dd><code>${requestId}</code></dd></div>
</dl>`,
  );
}
