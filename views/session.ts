import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { accountLine } from './partials/account_line.ts';
import { actionForm } from './partials/action_form.ts';
import { moment } from './partials/moment.ts';
import type { Moment } from './partials/moment.ts';
import { notice } from './partials/notice.ts';

export type SessionProps =
  | {
      readonly signedIn: true;
      readonly username: string;
      /** `29 minutes 59 seconds` until the earlier of both ends. */
      readonly left: string;
      readonly idle: Moment;
      readonly absolute: Moment;
      /** `30 minutes` */
      readonly idleLimit: string;
      /** Nothing moves the end any further: it is the absolute one. */
      readonly isLast: boolean;
      readonly action: string;
      readonly csrfToken: string;
    }
  | {
      readonly signedIn: false;
      /** Why, if it is known. */
      readonly reason: string | undefined;
    };

export function sessionPage(context: PageContext, props: SessionProps): Html {
  if (!props.signedIn) {
    return layout(
      context,
      { heading: 'You are not signed in' },
      html`${notice(props.reason)}
<p class="lead">To go on, return to the app you came from and sign in there again. It takes you back to where you were.</p>
<p class="aside"><a href="/account">Sign in to look after your account</a></p>`,
    );
  }
  const { username, left, idle, absolute, idleLimit, isLast, action, csrfToken } = props;
  return layout(
    context,
    { heading: `Your session ends in ${left}`, scripts: ['local_time.js'] },
    html`${accountLine(username)}
<dl class="facts ends">
${!isLast && html`<div><dt>Ends when idle</dt><dd>${moment(idle)}</dd></div>`}
<div><dt>Ends in any case</dt><dd>${moment(absolute)}</dd></div>
</dl>
<p class="soft">${
      isLast
        ? 'A sign-in lasts so long at most. Save your work before then, and sign in again.'
        : html`It ends after ${idleLimit} without activity. Looking at this page does not count as activity: load it again to see what is left.`
    }</p>
${!isLast && actionForm({ action, fields: { csrf: csrfToken }, label: 'Stay signed in', look: 'primary' })}
<p class="aside"><a href="/account/sessions">Where else you are signed in</a></p>`,
  );
}
