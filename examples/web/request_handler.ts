import type { IncomingMessage, RequestListener } from 'node:http';
import { page, sendAnswer, withHeader } from './answer.ts';
import type { Answer } from './answer.ts';
import { assets } from './assets.ts';
import { errorPage } from './error_page.ts';
import { isOwnForm, readForm } from './form.ts';
import { describeOutage, isOutage } from './outage.ts';
import { createRelyingParty } from './relying_party.ts';
import { createRoutes } from './routes.ts';
import type { Route } from './routes.ts';
import { createSessions } from './sessions.ts';
import type { Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';

/** The whole app, as `http.createServer` takes it. `baseUrl`: the origin it is reached at. */
export function createRequestHandler(settings: Settings, baseUrl: string): RequestListener {
  const sessions = createSessions(baseUrl);
  const routes = createRoutes(settings, baseUrl, createRelyingParty(settings, baseUrl), sessions);
  return (request, response) => {
    void findAnswer(request, routes, sessions, baseUrl)
      .catch(answerFault)
      .then((answer) => sendAnswer(request, response, answer, settings.issuer.origin));
  };
}

async function findAnswer(
  request: IncomingMessage,
  routes: readonly Route[],
  sessions: Sessions,
  baseUrl: string,
): Promise<Answer> {
  const [path = '', query] = (request.url ?? '').split('?', 2);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const asset = method === 'GET' && assets.get(path);
  if (asset) return asset;

  const here = routes.filter((route) => route.path === path);
  if (here.length === 0) return page(errorPage(missing), 404);

  const route = here.find((candidate) => candidate.method === method);
  if (!route)
    return withHeader(page(errorPage(unfit), 405), 'Allow', here.map((other) => other.method).join(', '));

  const session = sessions.find(request.headers.cookie);
  const form = route.method === 'GET' ? new URLSearchParams() : await readForm(request);
  const visit = {
    query: new URLSearchParams(query),
    form,
    wantsJson: request.headers.accept?.includes('application/json') ?? false,
  };
  if (route.method === 'GET') return await route.handle(visit, session);

  const isOwn = session && isOwnForm(request.headers, form, session, baseUrl);
  return isOwn ? await route.handle(visit, session) : page(errorPage(foreign), 403);
}

function answerFault(fault: unknown): Answer {
  if (!isOutage(fault)) {
    console.error(fault);
    return page(errorPage(failed), 500);
  }
  console.error(`demo app: ${describeOutage(fault)}`);
  return page(errorPage(outage), 503);
}

const home = { label: 'To the start page', path: '/' };

const missing = { heading: 'There is no page here', sentence: 'The address may be misspelt.', action: home };

const unfit = {
  heading: 'This cannot be done here',
  sentence: 'The address is right, the method is not.',
  action: home,
};

const foreign = {
  heading: 'This page is out of date',
  sentence: 'What you sent came from another place or from an earlier visit. Nothing was done.',
  action: home,
};

const outage = {
  heading: 'The sign-in server does not answer',
  sentence: 'It may still be starting, or it answered in a way this app cannot use. Try again in a moment.',
  action: home,
};

const failed = {
  heading: 'This app made a mistake',
  sentence: 'What went wrong is in its log.',
  action: home,
};
