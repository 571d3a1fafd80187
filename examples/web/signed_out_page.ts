import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';

export function signedOutPage(issuer: URL): Html {
  return layout(
    'Watch a session end',
    html`<p class="lead">This is an ordinary app that leaves signing in to <strong>${issuer.host}</strong>. Once
you are signed in, it shows how long its access token lasts and when refreshing stops: at the idle limit if
nothing happens, at the absolute limit in any case. Leave it alone, or keep it busy, and see the server hold
to what it said.</p>
<form action="/login"><button class="button primary">Sign in</button></form>`,
  );
}
