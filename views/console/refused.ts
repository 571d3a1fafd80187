import { html, safeUrl } from '../html.ts';
import type { Html } from '../html.ts';
import { layout } from '../layout.ts';
import { actionForm } from '../partials/action_form.ts';
import { consolePage } from './shell.ts';
import type { Shell } from './shell.ts';

export interface ConsoleRefusedProps {
  readonly heading: string;
  readonly text: string;
  /** Where the form stood. */
  readonly back?: string | undefined;
}

/** What an operator may not do, or cannot as things are; and the console's door for who is none. */
export function consoleRefusedPage(
  shell: Shell | Pick<Shell, 'context' | 'csrfToken'>,
  { heading, text, back = '/console' }: ConsoleRefusedProps,
): Html {
  if ('username' in shell)
    return consolePage(
      shell,
      { place: 'overview', heading, failed: true },
      html`<p class="lead">${text}</p>
<p class="aside"><a href="${safeUrl(back)}">Go back</a></p>`,
    );
  const { context, csrfToken } = shell;
  return layout(
    context,
    { heading, failed: true },
    html`<p class="lead">${text}</p>
${actionForm({ action: '/account/sign-out', fields: { csrf: csrfToken }, label: 'Sign out', look: 'choice' })}
<p class="aside"><a href="/account">Your account</a></p>`,
  );
}
