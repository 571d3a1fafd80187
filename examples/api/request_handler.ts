import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { checkAccess, invalidToken, missingToken } from './check_access.ts';
import type { Challenge, Demand } from './check_access.ts';
import { createTokenVerifier } from './verify_token.ts';

export interface ApiOptions {
  readonly issuer: string;
  /** The API's identifier, the audience of its tokens: where it answers. */
  readonly resource: string;
  /** How many seconds ago a second factor may have been proved. */
  readonly maxAge: number;
}

/** The whole API, as `http.createServer` takes it. */
export function createRequestHandler({ issuer, resource, maxAge }: ApiOptions): RequestListener {
  const verify = createTokenVerifier(issuer, resource);
  const authentication = { acr: 'urn:curfew:acr:mfa', maxAge };
  const routes = new Map<string, { demand: Demand; answer: object }>([
    ['GET /reports', { demand: { scope: 'reports.read' }, answer: { reports: ['May', 'June'] } }],
    [
      'POST /payments',
      { demand: { scope: 'payments.write', authentication }, answer: { status: 'accepted' } },
    ],
  ]);
  const metadataUrl = locateMetadata(resource);
  const metadata = {
    resource,
    authorization_servers: [issuer],
    scopes_supported: [...routes.values()].map(({ demand }) => demand.scope),
    bearer_methods_supported: ['header'],
  };

  return (request, response) => {
    void handle(request, response).catch((fault: unknown) => {
      console.error('api:', fault);
      send(response, 503, { error: 'temporarily_unavailable' });
    });
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    if (request.method === 'GET' && path === metadataUrl.pathname) return send(response, 200, metadata);
    const route = routes.get(`${request.method} ${path}`);
    if (!route) return send(response, 404, { error: 'not_found' });

    const challenge = await findChallenge(request, route.demand);
    if (!challenge) return send(response, 200, route.answer);
    const parameters = Object.entries({ ...challenge.parameters, resource_metadata: metadataUrl.href });
    const text = parameters.map(([name, value]) => `${name}="${value}"`).join(', ');
    send(response, challenge.status, challenge.parameters, { 'WWW-Authenticate': `Bearer ${text}` });
  }

  async function findChallenge(request: IncomingMessage, demand: Demand): Promise<Challenge | undefined> {
    const token = /^Bearer +([\w~+/.-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return missingToken;
    const claims = await verify(token);
    return claims ? checkAccess(claims, demand, Math.floor(Date.now() / 1000)) : invalidToken;
  }
}

/** RFC 9728 §3.1: the well-known part goes between host and path. */
function locateMetadata(resource: string): URL {
  const { origin, pathname } = new URL(resource);
  return new URL(`/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`, origin);
}

function send(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers });
  response.end(JSON.stringify(body));
}
