import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import { json, page, redirect, withHeader } from './answer.ts';
import type { Answer } from './answer.ts';
import { describeSignedIn } from './describe_signed_in.ts';
import { endedPage } from './ended_page.ts';
import { errorPage } from './error_page.ts';
import type { ErrorWords } from './error_page.ts';
import { refreshOnce } from './refresh_once.ts';
import type { RelyingParty } from './relying_party.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';
import { signedInPage } from './signed_in_page.ts';
import { signedOutPage } from './signed_out_page.ts';
import { tokenPage } from './token_page.ts';

export interface Visit {
  readonly query: URLSearchParams;
  /** What was posted; empty for a GET. */
  readonly form: URLSearchParams;
  readonly wantsJson: boolean;
}

/** A POST runs only once its form is known to be ours, which needs a session. */
export type Route =
  | { method: 'GET'; path: string; handle: Handler<Session | undefined> }
  | { method: 'POST'; path: string; handle: Handler<Session> };

type Handler<S> = (visit: Visit, session: S) => Promise<Answer> | Answer;

const longestSignIn = 10 * 60_000;
const mostPending = 5;

export function createRoutes(
  settings: Settings,
  baseUrl: string,
  party: RelyingParty,
  sessions: Sessions,
): Route[] {
  return [
    { method: 'GET', path: '/', handle: showHome },
    { method: 'GET', path: '/token', handle: showToken },
    { method: 'GET', path: '/login', handle: startSignIn },
    { method: 'GET', path: '/callback', handle: finishSignIn },
    { method: 'POST', path: '/refresh', handle: refresh },
    { method: 'POST', path: '/logout', handle: signOut },
  ];

  function showHome(_: Visit, session: Session | undefined): Answer {
    if (session?.signedIn)
      return page(signedInPage(session.signedIn, session.formToken, Date.now(), settings));
    return page(session?.ended ? endedPage(session.ended, '/') : signedOutPage(settings.issuer));
  }

  /** A page of its own, so that there is somewhere to come back to. */
  function showToken(_: Visit, session: Session | undefined): Answer {
    if (session?.signedIn) return page(tokenPage(session.signedIn, session.formToken, Date.now(), settings));
    if (session?.ended) return page(endedPage(session.ended, '/token'));
    return redirect('/login?return_to=/token');
  }

  async function startSignIn({ query }: Visit, before: Session | undefined): Promise<Answer> {
    const returnTo = readReturnTo(query.get('return_to'), baseUrl);
    const { url, pending } = await party.startSignIn({ stepUp: query.has('step_up'), returnTo });
    const session = before ?? sessions.create();
    const [oldest] = session.pending.keys();
    if (oldest !== undefined && session.pending.size >= mostPending) session.pending.delete(oldest);
    session.pending.set(pending.state, pending);
    return withHeader(redirect(url), 'Set-Cookie', sessions.cookie(session));
  }

  async function finishSignIn({ query }: Visit, before: Session | undefined): Promise<Answer> {
    const state = query.get('state') ?? '';
    const pending = before?.pending.get(state);
    before?.pending.delete(state);
    if (!before || !pending || Date.now() - pending.startedAt > longestSignIn) {
      return page(errorPage(unknownSignIn), 400);
    }
    const outcome = await party.finishSignIn(query, pending).catch(readRefusedSignIn);
    if ('heading' in outcome) return page(errorPage(outcome), 400);

    sessions.end(before);
    const session = sessions.create();
    const note = describeStepUp(pending.stepUpScope, outcome.tokens.scope);
    session.signedIn = { ...outcome, refreshCount: 0, note, refreshing: undefined };
    return withHeader(redirect(pending.returnTo), 'Set-Cookie', sessions.cookie(session));
  }

  async function refresh({ wantsJson, form }: Visit, session: Session): Promise<Answer> {
    const { signedIn } = session;
    const inactiveFor = /^\d{1,10}$/.exec(form.get('inactive_for') ?? '')?.[0];
    const outcome = signedIn ? await refreshOnce(party, session, signedIn, inactiveFor) : 'signed_out';
    if (!wantsJson) return redirect('/');
    if (session.signedIn) return json({ outcome, ...describeSignedIn(session.signedIn, Date.now()) });
    return json({ outcome, error: session.ended?.error, error_description: session.ended?.description });
  }

  async function signOut(_: Visit, session: Session): Promise<Answer> {
    const { signedIn } = session;
    sessions.end(session);
    const url = signedIn && (await party.buildSignOutUrl(signedIn.tokens));
    return withHeader(redirect(url ?? '/'), 'Set-Cookie', sessions.cookie(undefined));
  }
}

/** A path of this app, with query and fragment; anything else leads to the start page. */
export function readReturnTo(value: string | null, baseUrl: string): string {
  const url = value?.startsWith('/') ? URL.parse(value, baseUrl) : null;
  return url?.origin === baseUrl ? url.pathname + url.search + url.hash : '/';
}

/** What became of the sensitive scope, if this sign-in asked for it. */
function describeStepUp(asked: string | undefined, granted: string | undefined): string | undefined {
  if (asked === undefined) return undefined;
  return granted?.split(' ').includes(asked)
    ? `The access token carries ${asked} now.`
    : `The server did not grant ${asked}: your role does not have it.`;
}

const unknownSignIn: ErrorWords = {
  heading: 'This sign-in cannot be finished',
  sentence:
    'It was not begun in this browser, it is older than ten minutes, or it has been finished already.',
  action: { label: 'Sign in', path: '/login' },
};

/** What the server says no to becomes a page; anything else is thrown on. */
function readRefusedSignIn(fault: unknown): ErrorWords {
  if (!(fault instanceof AuthorizationResponseError || fault instanceof ResponseBodyError)) throw fault;
  return {
    heading: 'You were not signed in',
    sentence: 'The server sent you back without signing you in.',
    facts: [
      ['error', fault.error],
      ['error_description', fault.error_description],
    ],
    action: { label: 'Try again', path: '/login' },
  };
}
