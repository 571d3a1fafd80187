// Lets the server's own script warn before the sign-in ends. It finds out by itself whether it may ask the server;
// where it may not, because that is another site, it goes by the deadlines that this app was told.

const form = document.querySelector('#leave');

/**
 * `refresh(inactiveFor)` resolves with this app's description of its tokens, or with the refusal. Resolves with
 * the watch; undefined where nobody is signed in, or the server does not answer.
 */
export async function startWatch(refresh) {
  if (!form) return undefined;
  const { issuer, idleLeft, absoluteLeft } = form.dataset;
  const script = await import(`${issuer}/assets/curfew-session.js`).catch(() => undefined);
  const watch = script?.watchSession({
    refresh: async ({ inactiveFor }) => toTokenAnswer(await refresh(inactiveFor)),
    signInUrl: (here) => `/login?return_to=${encodeURIComponent(here)}`,
    signOut: () => form.requestSubmit(),
    // The app's own server does not know yet: its next refresh is refused, and it forgets the tokens.
    onEnd: () => void refresh(watch.inactiveFor()),
  });
  watch?.tell({ refresh_token_timeout: read(idleLeft), authorization_expires_in: read(absoluteLeft) });
  return watch;
}

/** What the token endpoint would have said, out of what this app says of its tokens. */
export function toTokenAnswer(answer) {
  if (answer?.outcome === 'unavailable') return undefined;
  if (!answer?.deadlines) return answer;
  const { now, deadlines } = answer;
  const left = (deadline) => deadline && (deadline.endAt - now) / 1000;
  return { refresh_token_timeout: left(deadlines.idle), authorization_expires_in: left(deadlines.absolute) };
}

const read = (text) => (text ? Number(text) : undefined);
