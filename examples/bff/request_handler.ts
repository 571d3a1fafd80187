import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ResponseBodyError } from 'openid-client';
import { readChallenge } from './challenge.ts';
import type { HeldTokens, RelyingParty } from './relying_party.ts';
import { createSessions } from './sessions.ts';
import type { Session } from './sessions.ts';

const cookieName = 'bff';
/** An access token that ends sooner is refreshed first: milliseconds. */
const shortestLife = 5000;
/** Bytes of a request that are read: what is asked of the API here has no body. */
const longestBody = 16_384;
/** Pending sign-ins of one browser: as many tabs. */
const mostPending = 10;

const files = new Map(
  [
    ['/', 'index.html', 'text/html'],
    ['/app.js', 'app.js', 'text/javascript'],
    ['/app.css', 'app.css', 'text/css'],
  ].map(([path = '', name = '', type = '']) => [
    path,
    { type, content: readFileSync(new URL(name, import.meta.url)) },
  ]),
);

/** The whole app, as `http.createServer` takes it. */
export function createRequestHandler(
  relyingParty: RelyingParty,
  { api, origin }: { api: string; origin: string },
): RequestListener {
  const sessions = createSessions();

  return (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Security-Policy', "default-src 'self'; frame-ancestors 'none'");
    void handle(request, response).catch((fault: unknown) => {
      console.error('bff:', (fault as Error).message);
      send(response, 503, { error: 'temporarily_unavailable' });
    });
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    const file = request.method === 'GET' ? files.get(pathname) : undefined;
    if (file) return void response.setHeader('Content-Type', file.type).end(file.content);
    const route = `${request.method} ${pathname}`;
    if (route === 'GET /login') return await startSignIn(request, response, searchParams);
    if (route === 'GET /callback') return await finishSignIn(request, response);
    if (route === 'POST /backchannel-logout') return await endSessions(request, response);
    if (route !== 'GET /me' && route !== 'POST /logout' && !pathname.startsWith('/api/'))
      return send(response, 404, { error: 'not_found' });

    // Another site can send neither this header without being allowed to, nor the cookie.
    if (request.headers['x-requested-with'] !== cookieName)
      return send(response, 403, { error: 'forbidden' });
    const id = readCookie(request);
    const session = sessions.find(id);
    if (!session?.tokens) return send(response, 401, { login: '/login' });
    if (route === 'GET /me') return send(response, 200, { name: session.tokens.name });
    if (route === 'POST /logout') {
      sessions.close(id);
      return send(response, 200, { url: await relyingParty.buildSignOutUrl(session.tokens) });
    }
    return await passOn(request, response, session);
  }

  async function startSignIn(request: IncomingMessage, response: ServerResponse, asked: URLSearchParams) {
    const session = sessions.find(readCookie(request));
    const { url, state, pending } = await relyingParty.startSignIn({
      scopes: [session?.tokens?.scope, asked.get('scope') ?? undefined],
      acrValues: asked.get('acr_values') ?? undefined,
      maxAge: asked.get('max_age') ?? undefined,
    });
    const own = session ?? { pending: new Map() };
    for (const old of own.pending.keys()) if (own.pending.size >= mostPending) own.pending.delete(old);
    own.pending.set(state, pending);
    if (!session) setCookie(response, sessions.open(own));
    redirect(response, url.href);
  }

  async function finishSignIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    const id = readCookie(request);
    const session = sessions.find(id);
    const state = url.searchParams.get('state') ?? '';
    const pending = session?.pending.get(state);
    // Not begun in this browser: nobody is signed in by a link from elsewhere.
    if (!session || !pending) return redirect(response, '/');
    session.pending.delete(state);
    try {
      session.tokens = await relyingParty.finishSignIn(url, state, pending);
    } catch (fault) {
      console.error('bff:', (fault as Error).message);
      return redirect(response, '/');
    }
    sessions.close(id);
    setCookie(response, sessions.open(session));
    redirect(response, '/');
  }

  async function endSessions(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = new URLSearchParams(await readBody(request)).get('logout_token') ?? '';
    try {
      sessions.end(await relyingParty.readLogoutToken(token));
      response.writeHead(204).end();
    } catch (fault) {
      send(response, 400, { error: 'invalid_request', error_description: (fault as Error).message });
    }
  }

  /** Ask the API as the person: `/api/reports` is its `/reports`. */
  async function passOn(request: IncomingMessage, response: ServerResponse, session: Session): Promise<void> {
    let tokens: HeldTokens;
    try {
      tokens = await freshTokens(session);
    } catch (fault) {
      if (!(fault instanceof ResponseBodyError) || fault.status >= 500) throw fault;
      session.tokens = undefined;
      return send(response, 401, { login: '/login', reason: fault.error_description });
    }
    const url = new URL(request.url ?? '/', origin);
    const answer = await fetch(new URL(url.pathname.slice('/api'.length) + url.search, api), {
      method: request.method ?? 'GET',
      headers: { authorization: `Bearer ${tokens.accessToken}` },
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    const login = readChallenge(answer.headers.get('www-authenticate'));
    if (login !== undefined) return send(response, 401, { login });
    response.writeHead(answer.status, { 'Content-Type': 'application/json' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  async function freshTokens(session: Session): Promise<HeldTokens> {
    const { tokens } = session;
    if (!tokens) throw new Error('Nobody is signed in.');
    if (tokens.expiresAt > Date.now() + shortestLife) return tokens;
    session.refreshing ??= relyingParty.refresh(tokens).finally(() => (session.refreshing = undefined));
    session.tokens = await session.refreshing;
    return session.tokens;
  }
}

function readCookie(request: IncomingMessage): string | undefined {
  const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='));
  return pairs.find(([name]) => name === cookieName)?.[1];
}

/** Behind https it would be `__Host-bff` and `Secure`. */
function setCookie(response: ServerResponse, id: string): void {
  response.setHeader('Set-Cookie', `${cookieName}=${id}; HttpOnly; SameSite=Lax; Path=/`);
}

function redirect(response: ServerResponse, url: string): void {
  response.writeHead(303, { Location: url }).end();
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) throw new Error('The request is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
