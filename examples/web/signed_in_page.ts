import { describeSignedIn } from './describe_signed_in.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { facts, layout, time } from './layout.ts';
import { leaveForm } from './leave_form.ts';
import type { SignedIn } from './sessions.ts';
import type { Settings } from './settings.ts';
import type { Deadline, Deadlines } from './tokens.ts';

/** Works without script: then the deadlines are clock times. `app.js` makes them tick. */
export function signedInPage(
  signedIn: SignedIn,
  formToken: string,
  now: number,
  { issuer, stepUpScope }: Pick<Settings, 'issuer' | 'stepUpScope'>,
): Html {
  const { person, tokens } = signedIn;
  const { deadlines, note, roles, scope, receivedAt } = describeSignedIn(signedIn, now);
  const token = html`<input type="hidden" name="form_token" value="${formToken}">`;
  return layout(
    `Signed in as ${person.username ?? person.email ?? person.sub}`,
    html`${facts([
      ['Subject', html`<code>${person.sub}</code>`],
      ['Username', person.username],
      ['E-mail', person.email],
      ['Roles', html`<span data-show="roles">${roles}</span>`],
      ['Scope', html`<span data-show="scope">${scope}</span>`],
    ])}
<section aria-labelledby="ends">
<h2 id="ends">What ends when</h2>
<ul class="deadlines" data-now="${now}">
${cards.map((card) => deadlineCard(card, deadlines[card.name], now))}
</ul>
<p class="warning" id="warning" role="status"></p>
</section>
<section aria-labelledby="refresh">
<h2 id="refresh">Keep it alive</h2>
<p>Each refresh of this page says how long you have been away. While you are here it refreshes in time. Leave
it alone, and it asks whether you are still there; leave it longer, and it says that you were signed out, and why.</p>
<form class="refresh" method="post" action="/refresh" id="refresh-form">
${token}
${tokens.refreshToken !== undefined && html`<button class="button primary">Refresh now</button>`}
<label class="keep" hidden><input type="checkbox" id="keep" autocomplete="off"> Keep refreshing every 20 s</label>
</form>
<p class="note" id="outcome"><span role="status" data-show="note">${note}</span> Tokens received at
<span data-show="receivedAt">${time(receivedAt, now)}</span>.</p>
</section>
${stepUpScope !== undefined && stepUpSection(stepUpScope)}
<p class="more"><a href="/token">What the access token says</a></p>
${leaveForm({ deadlines, formToken, issuer, now })}`,
  );
}

function stepUpSection(scope: string): Html {
  return html`<section aria-labelledby="sensitive">
<h2 id="sensitive">Do something sensitive</h2>
<p>This takes the scope <code>${scope}</code>. The server gives it to some roles only, and to them only with a
fresh second factor: you set one up on the way, or enter a code.</p>
<form action="/login"><input type="hidden" name="step_up" value="yes"><input type="hidden" name="return_to"
value="/#outcome"><button class="button quiet">Ask for ${scope}</button></form>
</section>
`;
}

interface Card {
  readonly name: keyof Deadlines;
  readonly title: string;
  readonly words: string;
  readonly over: string;
}

const cards: readonly Card[] = [
  {
    name: 'accessToken',
    title: 'Access token',
    words: 'What the app shows to APIs. A refresh brings a new one.',
    over: 'Over. APIs refuse it.',
  },
  {
    name: 'idle',
    title: 'Idle limit',
    words: 'Moves on with every refresh. Without one, refreshing ends here.',
    over: 'Over. The next refresh will be refused.',
  },
  {
    name: 'absolute',
    title: 'Absolute limit',
    words: 'Never moves. In any case, refreshing ends here.',
    over: 'Over. The next refresh will be refused.',
  },
];

function deadlineCard({ name, title, words, over }: Card, deadline: Deadline | undefined, now: number): Html {
  if (!deadline) {
    return html`<li class="deadline"><h3>${title}</h3><p>The server did not say when it ends.</p></li>\n`;
  }
  return html`<li class="deadline" data-deadline="${name}" data-end-at="${deadline.endAt}"
data-seconds="${deadline.seconds}" data-over="${over}">
<h3>${title}</h3>
<p class="left" role="timer" aria-label="${title}" hidden><b class="seconds"></b> s</p>
<progress max="1" value="1" aria-hidden="true" hidden></progress>
<p class="until">until <span class="moment">${time(deadline.endAt, now)}</span></p>
<p class="words">${words}</p>
</li>\n`;
}
