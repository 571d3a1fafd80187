/**
 * Tells the people in an app, in time and in all of its tabs, that their sign-in is about to end; lets them
 * stay; and says afterwards why it ended. An app loads it from its Curfew server:
 *
 *   import { watchSession } from 'https://login.example.com/assets/curfew-session.js';
 *   const watch = watchSession({ refresh, signInUrl: (here) => `/login?return_to=${encodeURIComponent(here)}` });
 *
 * The app's content security policy names the server in `script-src` and `connect-src`; nothing else is needed.
 *
 * Where app and server are of one site, and the app's origin is among its client's `web_origins`, the server
 * is asked (`GET /session`). Elsewhere its cookie does not reach: there the app hands each token answer to
 * `tell`, and staying signed in is the app's own refresh. With both, the earlier end counts.
 *
 * @typedef {object} WatchOptions
 * @property {(presence: { inactiveFor: number }) => Promise<TokenAnswer | undefined>} [refresh] Refreshes with
 *   `inactive_for`, and resolves with what the token endpoint said; with undefined where nothing came back.
 * @property {string | ((here: string) => string)} [signInUrl] Where "Sign in again" leads; `here`: path,
 *   query and fragment of where the user is.
 * @property {() => void} [signOut] The warning offers to sign out now, too.
 * @property {(end: End) => boolean | void} [onEnd] Called once; true: the app shows the end itself.
 * @property {boolean} [session] false: only the tokens count. For apps that go on without the browser's
 *   session (`offline_access`).
 * @property {number} [warnBefore] Seconds; else a third of the idle limit, from 20 seconds to two minutes.
 * @property {Partial<typeof english>} [texts] Other words.
 * @property {string} [issuer] The server, if this file came from elsewhere.
 *
 * @typedef {object} TokenAnswer As it came: `refresh_token_timeout` and `authorization_expires_in`, or
 *   `error` and `error_description`.
 * @typedef {{ reason?: string, message: string }} End
 */

export const english = {
  idleTitle: 'Stay signed in?',
  idleText: 'Nothing has happened for a while. You will be signed out in {time}.',
  lastTitle: 'Your sign-in ends soon',
  lastText: 'A sign-in lasts only so long. You will be signed out in {time}. Save your work before then.',
  left: '{time} left.',
  stay: 'Stay signed in',
  understood: 'OK',
  signOut: 'Sign out now',
  failed: 'That did not work. Check your connection, and try again.',
  endedTitle: 'Signed out',
  ended: 'Your sign-in has ended.',
  idle_timeout: 'You were signed out because nothing had happened for too long.',
  absolute_timeout: 'You were signed out because a sign-in lasts only so long.',
  signIn: 'Sign in again',
  units: { minute: 'minute', minutes: 'minutes', second: 'second', seconds: 'seconds' },
};

/** With so many seconds left the time is said, politely; in between it is only shown. */
const spoken = [120, 60, 30, 10];
/** Unreported activity is reported this many seconds before a warning would be due. */
const reportAhead = 5;
const never = { date: -Infinity, run: -Infinity };
/** Seconds between two refreshes that only ask. */
const tokenInterval = 15;
/** Seconds after the end in which the server may still be asked why, before the script says so itself. */
const patience = 3;

/** @param {WatchOptions} options */
export function watchSession(options = {}) {
  const { refresh, signOut, onEnd, signInUrl } = options;
  const issuer = options.issuer ?? new URL(import.meta.url).origin;
  const texts = { ...english, ...options.texts };
  const dialog = createDialog(texts, { stay, signOut });
  const activity = watchActivity({
    isIgnored: () => dialog.isOpen,
    onOtherTab: () => dialog.isOpen && wake(),
  });

  /** What is known of the session and of the app's tokens: seconds left at a mark, and the idle limit. */
  let session;
  let tokens;
  let canAsk = options.session !== false;
  let lookedAt = mark();
  let reportedAt = never;
  let isLastUnderstood = false;
  let isStaying = false;
  let over = false;
  let wake = () => {};

  const onSeen = () => document.visibilityState === 'visible' && lookAgain();
  const onShown = ({ persisted }) => persisted && lookAgain();
  addEventListener('focus', onSeen);
  addEventListener('pageshow', onShown);
  document.addEventListener('visibilitychange', onSeen);
  // What the app tells at once need not be asked at once.
  queueMicrotask(() => void run());

  return {
    /** Whole seconds since pointer or keyboard were last used, in any tab of the app. */
    inactiveFor: activity.inactiveFor,
    /** Hand over a token answer, also one that refuses. @param {TokenAnswer} answer */
    tell(answer) {
      learnTokens(answer, mark());
      wake();
    },
    stop,
  };

  async function run() {
    for (;;) {
      await look();
      await act();
      if (over) return;
      await pause();
    }
  }

  async function act() {
    if (over) return;
    const { idle, absolute } = left();
    const isReportDue = idle <= reportTime() && idle + 1 < absolute;
    if (isReportDue && activity.isAfter(reportedAt)) await report();
    if (!over && left().least <= 0) await settle();
    if (!over) show();
  }

  function pause() {
    const { least } = left();
    const moments = [reportTime(), warnTime(), Math.ceil(least) - 1];
    const next = least > 0 ? moments.find((moment) => moment < least) : least - 0.5;
    const untilLook = canAsk ? lookInterval() - elapsed(lookedAt) : Infinity;
    const seconds = Math.min(least - next, untilLook, 60);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(50, seconds * 1000 + 20));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function show() {
    const { least, absolute } = left();
    const warnAt = warnTime();
    if (least > warnAt) {
      isLastUnderstood = false;
      return dialog.close();
    }
    const isLast = absolute <= warnAt;
    if (!isLast || !isLastUnderstood)
      dialog.warn({ isLast, seconds: Math.ceil(least), share: least / warnAt });
  }

  /** The button, and Escape: whoever presses a key is there. */
  async function stay() {
    if (isStaying) return;
    isStaying = true;
    activity.note();
    const isLast = left().absolute <= warnTime();
    if (isLast) {
      isLastUnderstood = true;
      dialog.close();
    }
    const isReported = await report();
    isStaying = false;
    if (!isReported && !isLast && !over) dialog.say(texts.failed);
    wake();
  }

  /** Tell the server how long the user has been away, never less. */
  async function report() {
    const at = mark();
    const inactiveFor = activity.inactiveFor();
    const isRefreshed = refresh !== undefined && (await refreshTokens(inactiveFor));
    const body = new URLSearchParams({ inactive_for: String(inactiveFor) });
    const isTouched =
      !over &&
      canAsk &&
      (await ask('/session/touch', { method: 'POST', headers: { 'Curfew-Touch': '1' }, body }));
    reportedAt = at;
    return isRefreshed || isTouched;
  }

  /** A time is up: the server decides, and says why. Seconds of tokens are rounded down, so it is asked a second later. */
  async function settle() {
    const { least, absolute, idle } = left();
    if (refresh && tokens && least <= -1) await refreshTokens(activity.inactiveFor());
    if (over || left().least > 0) return;
    if (least > -patience && (canAsk || refresh)) return;
    const reason = absolute <= idle ? 'absolute_timeout' : 'idle_timeout';
    end({ reason, message: texts[reason] });
  }

  async function refreshTokens(inactiveFor) {
    const at = mark();
    const answer = await Promise.resolve(refresh({ inactiveFor })).catch(() => undefined);
    return learnTokens(answer, at);
  }

  function learnTokens(answer, at) {
    if (answer?.error === 'invalid_grant' || answer?.error === 'invalid_scope') {
      const [, reason, sentence] = /^([a-z_]+): (.*)$/s.exec(answer.error_description ?? '') ?? [];
      end({ reason, message: sentence ? sentence.charAt(0).toUpperCase() + sentence.slice(1) : texts.ended });
      return false;
    }
    const { refresh_token_timeout: idle = Infinity, authorization_expires_in: absolute = Infinity } =
      answer ?? {};
    if (!Number.isFinite(idle) && !Number.isFinite(absolute)) return false;
    tokens = { at, idle, absolute, limit: Math.max(tokens?.limit ?? 0, idle) };
    return true;
  }

  /** Ask where what is known may be out of date: another app may have kept the session. Looking is no activity. */
  async function look() {
    const { least } = left();
    const isWarningDue = least <= warnTime() && !dialog.isOpen && !isLastUnderstood;
    const isDue = elapsed(lookedAt) >= lookInterval() || isWarningDue || least === Infinity || least <= 0;
    if (canAsk && isDue) await ask('/session');
    if (!over && refresh && tokens && mayTokensLastLonger()) await refreshTokens(activity.inactiveFor());
  }

  /** Tokens end with the session's activity, which only a refresh tells: one that is honest moves nothing on. */
  function mayTokensLastLonger() {
    const sessionLeft = session ? session.idle - elapsed(session.at) : 0;
    const isNews = !dialog.isOpen || sessionLeft > warnTime();
    return isNews && tokens.idle - elapsed(tokens.at) <= warnTime() && elapsed(tokens.at) >= tokenInterval;
  }

  function lookAgain() {
    lookedAt = never;
    wake();
  }

  /** Seconds: short limits are looked at more often, and so is everything while the user is being asked. */
  function lookInterval() {
    return dialog.isOpen ? 5 : Math.min(60, Math.max(5, limit() / 10));
  }

  async function ask(path, init = {}) {
    const at = mark();
    lookedAt = at;
    const request = {
      credentials: 'include',
      cache: 'no-store',
      signal: AbortSignal.timeout(10_000),
      ...init,
    };
    const answer = await fetch(issuer + path, request)
      .then((response) => ([200, 401].includes(response.status) ? response.json() : undefined))
      .catch(() => undefined);
    if (over) return false;
    if (!answer) {
      // Never answered, and the tokens tell: this is another site, and will be.
      canAsk = session !== undefined || tokens === undefined;
      return false;
    }
    const { active, now, idle_ends_at: idleEndsAt, absolute_ends_at: absoluteEndsAt } = answer;
    if (active) {
      session = { at, idle: idleEndsAt - now, absolute: absoluteEndsAt - now, limit: answer.idle_limit };
      return true;
    }
    if (session || answer.reason) end({ reason: answer.reason, message: answer.message ?? texts.ended });
    else await leaveItToTokens();
    return false;
  }

  /** Nobody is signed in here, or the cookie does not reach: if there are tokens, they know which. */
  async function leaveItToTokens() {
    canAsk = false;
    if (refresh && tokens) await refreshTokens(activity.inactiveFor());
  }

  /** Seconds by the server's clock; Infinity where nothing is known. */
  function left() {
    const known = session && !refresh ? [session] : [session, tokens].filter(Boolean);
    const of = (name) => Math.min(Infinity, ...known.map((each) => each[name] - elapsed(each.at)));
    const [idle, absolute] = [of('idle'), of('absolute')];
    return { idle, absolute, least: Math.min(idle, absolute) };
  }

  function limit() {
    return session?.limit ?? tokens?.limit ?? Infinity;
  }

  function warnTime() {
    return Math.min(options.warnBefore ?? Math.min(120, Math.max(20, limit() / 3)), limit() / 2);
  }

  /** Before a warning would be due, so that it is not shown to somebody who is there. */
  function reportTime() {
    return warnTime() + Math.min(reportAhead, limit() / 10);
  }

  function end({ reason, message }) {
    if (over) return;
    stop();
    if (onEnd?.({ reason, message }) === true) return;
    const here = location.pathname + location.search + location.hash;
    dialog.end(message, typeof signInUrl === 'function' ? signInUrl(here) : signInUrl);
  }

  function stop() {
    over = true;
    wake();
    activity.stop();
    dialog.close();
    removeEventListener('focus', onSeen);
    removeEventListener('pageshow', onShown);
    document.removeEventListener('visibilitychange', onSeen);
  }
}

/* Time. The browser's clock may be wrong, be set, or stop while the machine sleeps: only differences count, and of
   two clocks the one that says more, so that nobody is warned too late. */

function mark(ago = 0) {
  return { date: Date.now() - ago, run: performance.now() - ago };
}

/** Seconds since a mark. */
function elapsed({ date, run }) {
  return Math.max(Date.now() - date, performance.now() - run) / 1000;
}

/**
 * When the user was last there, in any tab: they tell each other through the origin's storage. What scripts
 * make up does not count, nor a pointer under which only the page moved.
 */
function watchActivity({ isIgnored, onOtherTab }) {
  const key = 'curfew-active-at';
  const events = ['pointerdown', 'pointermove', 'keydown', 'wheel'];
  let last = mark(sinceStored(read()) ?? 0);
  let toldAt;
  if (read() === null) note();

  const onEvent = (event) => {
    if (!event.isTrusted || isIgnored()) return;
    if (event.type === 'pointermove' && event.movementX === 0 && event.movementY === 0) return;
    last = mark();
    if (!toldAt || elapsed(toldAt) >= 1) note();
  };
  const onStorage = (event) => {
    const ago = event.key === key ? sinceStored(event.newValue) : undefined;
    if (ago === undefined || ago / 1000 > elapsed(last)) return;
    last = mark(ago);
    onOtherTab();
  };
  for (const name of events) addEventListener(name, onEvent, { capture: true, passive: true });
  addEventListener('storage', onStorage);

  return {
    inactiveFor: () => Math.floor(elapsed(last)),
    isAfter: (moment) => elapsed(last) < elapsed(moment),
    note,
    stop() {
      for (const name of events) removeEventListener(name, onEvent, { capture: true });
      removeEventListener('storage', onStorage);
    },
  };

  /** The user is there now, and every tab hears of it. */
  function note() {
    last = mark();
    toldAt = last;
    try {
      localStorage.setItem(key, String(last.date));
    } catch {
      // No storage: then this tab knows of itself alone.
    }
  }

  function read() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  /** Milliseconds; a moment to come is none, and counts as this one. */
  function sinceStored(text) {
    const at = Number(text);
    return text === null || !Number.isFinite(at) ? undefined : Math.max(0, Date.now() - at);
  }
}

/** The warning and the end, in a shadow of their own: the app's styles do not reach in, only its typeface and its scheme. */
function createDialog(texts, { stay, signOut }) {
  const host = document.createElement('curfew-session');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const title = make('h2', { id: 'title' });
  const text = make('p', { className: 'text', ariaHidden: 'true' });
  const said = make('p', { id: 'said', className: 'said', role: 'status' });
  const bar = make('div', { className: 'bar', ariaHidden: 'true' });
  const buttons = make('div', { className: 'buttons' });
  const dialog = make('dialog', { role: 'alertdialog' }, [bar, title, text, said, buttons]);
  dialog.setAttribute('aria-labelledby', title.id);
  dialog.setAttribute('aria-describedby', said.id);
  root.append(dialog);

  let shown;
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    if (shown !== 'end') void stay();
  });
  // Browsers close it at a second Escape, whatever the page says.
  dialog.addEventListener('close', () => {
    if (dialog.open || !shown) return;
    if (shown === 'end') dialog.showModal();
    else void stay();
  });

  return {
    get isOpen() {
      return shown === 'idle' || shown === 'last';
    },
    warn({ isLast, seconds, share }) {
      const kind = isLast ? 'last' : 'idle';
      const time = describeTime(seconds, texts.units);
      const words = (isLast ? texts.lastText : texts.idleText).replace('{time}', time);
      setText(text, words);
      bar.style.setProperty('--left', String(Math.min(1, Math.max(0, share))));
      if (shown === kind) {
        if (spoken.includes(seconds)) setText(said, texts.left.replace('{time}', time));
        return;
      }
      setText(title, isLast ? texts.lastTitle : texts.idleTitle);
      setText(said, words);
      const leave = signOut ? [button(texts.signOut, 'quiet', signOut)] : [];
      open(kind, [button(isLast ? texts.understood : texts.stay, 'primary', stay), ...(isLast ? [] : leave)]);
    },
    /** Beside what stands there already. */
    say(words) {
      setText(text, words);
      setText(said, words);
    },
    end(message, signInUrl) {
      setText(title, texts.endedTitle);
      setText(text, message);
      setText(said, message);
      bar.style.setProperty('--left', '0');
      const link =
        signInUrl && make('a', { className: 'button primary', href: signInUrl, textContent: texts.signIn });
      open('end', link ? [link] : []);
    },
    close() {
      shown = undefined;
      // Closing gives the focus back to where it was.
      dialog.close();
      host.remove();
    },
  };

  function open(kind, actions) {
    shown = kind;
    dialog.className = kind;
    buttons.replaceChildren(...actions);
    if (!host.isConnected) document.body.append(host);
    if (!dialog.open) dialog.showModal();
    actions[0]?.focus();
  }

  function button(label, look, act) {
    const element = make('button', { type: 'button', className: `button ${look}`, textContent: label });
    element.addEventListener('click', () => void act());
    return element;
  }
}

function make(tag, properties, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Left alone if it says so already: a live region would be read again. */
function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** `1 minute 40 seconds` */
function describeTime(seconds, units) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const parts = [];
  if (minutes > 0) parts.push(`${minutes} ${minutes === 1 ? units.minute : units.minutes}`);
  if (rest > 0 || minutes === 0) parts.push(`${rest} ${rest === 1 ? units.second : units.seconds}`);
  return parts.join(' ');
}

/* An app may set --curfew-accent, --curfew-on-accent and --curfew-radius. Colours follow its `color-scheme`. */
const css = `
:host {
  --card: light-dark(#ffffff, #171b24);
  --edge: light-dark(#e2e2dd, #2c3240);
  --ink: light-dark(#191d27, #eeebe4);
  --soft: light-dark(#555a67, #a9aebb);
  --track: light-dark(#eceae4, #2c3240);
  --accent: var(--curfew-accent, light-dark(#1d2742, #f2cf91));
  --on-accent: var(--curfew-on-accent, light-dark(#ffffff, #1c1709));
  --late: light-dark(#c98a1b, #f6b04a);
  --radius: var(--curfew-radius, 0.75rem);
}
dialog {
  box-sizing: border-box;
  width: min(26rem, calc(100vw - 2rem));
  max-height: calc(100dvh - 2rem);
  margin: auto;
  padding: 0;
  overflow: auto;
  border: 1px solid var(--edge);
  border-radius: calc(var(--radius) * 1.5);
  background: var(--card);
  color: var(--ink);
  font: inherit;
  font-size: 1rem;
  line-height: 1.5;
  text-align: start;
  letter-spacing: normal;
  box-shadow: 0 1px 2px rgb(0 0 0 / 8%), 0 24px 64px -16px rgb(0 0 0 / 35%);
}
dialog:focus {
  outline: none;
}
dialog::backdrop {
  background: rgb(16 19 28 / 50%);
}
dialog.end::backdrop {
  background: light-dark(#f1f0ec, #0d1017);
}
.bar {
  height: 0.25rem;
  background: var(--track);
}
.bar::before {
  content: "";
  display: block;
  height: 100%;
  background: var(--late);
  transform: scaleX(var(--left, 1));
  transform-origin: left;
  transition: transform 1s linear;
}
.end .bar {
  display: none;
}
h2 {
  margin: 1.75rem 1.75rem 0.5rem;
  font-size: 1.375rem;
  font-weight: 650;
  line-height: 1.25;
  letter-spacing: -0.015em;
}
.text {
  margin: 0 1.75rem;
  color: var(--soft);
  font-variant-numeric: tabular-nums;
}
.said {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: 0;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.buttons {
  display: flex;
  flex-wrap: wrap;
  gap: 0.75rem;
  margin: 1.5rem 1.75rem 1.75rem;
}
.button {
  box-sizing: border-box;
  flex: 1 1 auto;
  min-height: 3rem;
  padding: 0.625rem 1.25rem;
  border: 1px solid transparent;
  border-radius: var(--radius);
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
}
.primary {
  background: var(--accent);
  color: var(--on-accent);
}
.quiet {
  border-color: var(--soft);
  background: none;
  color: inherit;
}
.button:hover {
  filter: brightness(1.12);
}
.button:focus-visible {
  outline: 3px solid light-dark(#2c5fd6, #8ab6ff);
  outline-offset: 2px;
}
@media (prefers-reduced-motion: reduce) {
  .bar::before {
    transition: none;
  }
}
@media (forced-colors: active) {
  .bar::before {
    background: Highlight;
  }
}
`;
