// Makes the deadlines tick, puts moments into the visitor's own time zone, and refreshes without leaving the
// page: when the visitor presses the button or ticks the box, and when `watch.js` asks for it.

import { startWatch, toTokenAnswer } from './watch.js';

const list = document.querySelector('[data-now]');
const form = document.querySelector('#refresh-form');
const keep = document.querySelector('#keep');
const warning = document.querySelector('#warning');
const refreshEvery = 20_000;
const warnAt = 60;

/** How far this browser's clock is behind the app's, in milliseconds. */
let behind = Number(list?.dataset.now ?? Date.now()) - Date.now();
let refreshing;
let timer;
const watching = startWatch(refresh);

for (const element of document.querySelectorAll('time')) showMoment(element);
if (list) {
  for (const element of list.querySelectorAll('[hidden]')) element.hidden = false;
  tick();
  setInterval(tick, 250);
  document.addEventListener('visibilitychange', tick);
}
if (form?.querySelector('button')) {
  keep.parentElement.hidden = false;
  keep.addEventListener('change', keepRefreshing);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void refreshHere();
  });
}

function tick() {
  const lefts = [...list.querySelectorAll('[data-deadline]')].map(showLeft);
  const refreshEnds = lefts.filter(({ name }) => name !== 'accessToken').map(({ left }) => left);
  warn(Math.min(...refreshEnds, Infinity));
}

function showLeft(card) {
  const { deadline, endAt, seconds, over } = card.dataset;
  const left = Math.max(0, Math.ceil((Number(endAt) - Date.now() - behind) / 1000));
  setText(card.querySelector('.seconds'), String(left));
  card.querySelector('progress').value = left / Math.max(1, Number(seconds));
  card.classList.toggle('soon', left > 0 && left <= Math.min(warnAt, Number(seconds) / 4));
  card.classList.toggle('over', left === 0);
  const words = card.querySelector('.words');
  words.dataset.before ??= words.textContent;
  setText(words, left === 0 ? over : words.dataset.before);
  return { name: deadline, left };
}

/** Said once; the warning before is that of `watch.js`. */
function warn(left) {
  setText(warning, left > 0 ? '' : 'A limit is over: the server will refuse the next refresh and say why.');
}

function keepRefreshing() {
  clearInterval(timer);
  if (!keep.checked) return;
  timer = setInterval(() => void refreshHere(), refreshEvery);
  void refreshHere();
}

async function refreshHere() {
  const watch = await watching;
  const answer = await refresh(watch?.inactiveFor());
  if (!answer)
    setText(document.querySelector('[data-show="note"]'), 'Not refreshed: this app does not answer.');
  else if (answer.deadlines) watch?.tell(toTokenAnswer(answer));
  else location.assign('/'); // signed out: the page says why
}

/**
 * Refresh, unless that is under way. Resolves with what this app's server says of its tokens, or with the
 * refusal; undefined: it does not answer. `inactiveFor`: the seconds that the visitor has been away.
 */
function refresh(inactiveFor) {
  refreshing ??= sendRefresh(inactiveFor).finally(() => (refreshing = undefined));
  return refreshing;
}

async function sendRefresh(inactiveFor) {
  const body = new URLSearchParams(new FormData(document.querySelector('#leave')));
  if (inactiveFor !== undefined) body.set('inactive_for', String(inactiveFor));
  const headers = { Accept: 'application/json' };
  const answer = await fetch('/refresh', { method: 'POST', headers, body })
    .then((response) => (response.ok ? response.json() : {}))
    .catch(() => undefined);
  if (answer?.deadlines && list) show(answer);
  return answer;
}

/** Takes what `describe_signed_in.ts` says. */
function show({ now, deadlines, receivedAt, ...texts }) {
  const told = Object.keys(deadlines);
  const shown = [...list.querySelectorAll('[data-deadline]')];
  if (told.length !== shown.length) return location.assign('/');

  behind = now - Date.now();
  for (const card of shown) {
    const { endAt, seconds } = deadlines[card.dataset.deadline];
    Object.assign(card.dataset, { endAt, seconds });
    setMoment(card.querySelector('time'), endAt);
  }
  setMoment(document.querySelector('[data-show="receivedAt"] time'), receivedAt);
  for (const [name, text] of Object.entries(texts)) {
    const element = document.querySelector(`[data-show="${name}"]`);
    if (element) setText(element, text);
  }
  tick();
}

function setMoment(element, at) {
  element.dateTime = new Date(at).toISOString();
  showMoment(element);
}

function showMoment(element) {
  const moment = new Date(element.dateTime);
  const isToday = moment.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: 'numeric', month: 'short' };
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
  element.textContent = moment.toLocaleString('en-GB', { ...day, ...clock });
  element.title = moment.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'long' });
}

/** Left alone if it says so already: a live region would be read again. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
