import compose from 'koa-compose';
import type { Context, Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { readConfigurationVersion } from '../store/configuration.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';
import type { ConfigurationSource } from './configuration_source.ts';
import { readBody, replayRequest } from './replayed_request.ts';
import { newRequestContext, runInContext } from './request_context.ts';
import type { RequestContext } from './request_context.ts';
import { commitTokenRequest } from './token_commit.ts';
import type { WindowSecrets } from './window_secrets.ts';

/** How often a request is decided anew because the facts changed under it. */
const attempts = 3;

export interface TokenEndpoint {
  database: Database;
  configurations: ConfigurationSource;
  windows: WindowSecrets;
  currentProvider: () => Provider;
  /** Count a request whose token is unknown; throws 429 where there were too many. */
  countUnknownToken(ctx: Context, confidentialClientId: string | undefined): Promise<void>;
}

/**
 * The token endpoint around the library: run it, then write everything in one round trip, then
 * answer. When the write finds that the facts have changed, the whole request is decided anew, from
 * the same body; the library has written nothing. After three times: 503.
 */
export function tokenEndpoint({
  database,
  configurations,
  windows,
  currentProvider,
  countUnknownToken,
}: TokenEndpoint): Middleware {
  return async (ctx) => {
    const body = await readBody(ctx.req);
    const seenProofs = new Set<string>();
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const context = newRequestContext(ctx.state.origin, await findConfiguration(body));
      // A proof that an earlier attempt took note of is not a second use of it.
      context.seenProofs = seenProofs;
      const inner = await runLibrary(currentProvider(), ctx, body, context);
      if (context.fault) throw context.fault;
      const failed = inner.status >= 400;
      const answer = await commitTokenRequest({ database, windows }, context, failed);
      if (!answer) continue;
      if (failed && isUnknownToken(inner.body)) await countUnknownToken(ctx, findConfidentialClientId(inner));
      ctx.state.grantType = (inner as unknown as KoaContextWithOIDC).oidc?.params?.grant_type;
      ctx.status = inner.status;
      ctx.body = failed ? explain(inner.body, context) : { ...(inner.body as object), ...answer };
      return;
    }
    ctx.status = 503;
    ctx.set('Retry-After', '1');
    ctx.body = {
      error: 'temporarily_unavailable',
      error_description: 'The request met too many others. Try again.',
    };
  };

  /** Whatever is loaded for a user tells the version; a client on its own has nothing loaded, so it is asked. */
  async function findConfiguration(body: Buffer): Promise<LoadedConfiguration> {
    const grantType = new URLSearchParams(body.toString('utf8')).get('grant_type');
    if (grantType !== 'client_credentials') return configurations.current();
    return await configurations.atLeast(await readConfigurationVersion(database));
  }
}

function isUnknownToken(body: unknown): boolean {
  const { error_description: description } = body as { error_description?: string };
  return description?.startsWith('unknown_token: ') ?? false;
}

/** Unknown tokens count against a confidential client once it is authenticated, never against a public `client_id`. */
function findConfidentialClientId(inner: Context): string | undefined {
  const { client } = (inner as unknown as KoaContextWithOIDC).oidc;
  return client && client.clientAuthMethod !== 'none' ? client.clientId : undefined;
}

async function runLibrary(
  provider: Provider,
  ctx: Context,
  body: Buffer,
  context: RequestContext,
): Promise<Context> {
  const inner = provider.createContext(replayRequest(ctx.req, body), ctx.res) as unknown as Context;
  await runInContext(context, () => compose(provider.middleware)(inner as never));
  return inner;
}

/** Trusted clients also learn the limit, the policy and its version. */
function explain(body: unknown, { refusal, configuration }: RequestContext): unknown {
  const end = refusal?.verdict.end;
  const clientId = refusal?.subject.clientId ?? '';
  if (!end?.policy || !configuration.clients.get(clientId)?.trusted) return body;
  return { ...(body as object), limit: end.limit, policy: end.policy, policy_version: end.policyVersion };
}
