import compose from 'koa-compose';
import type { Context, Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Database } from '../store/database.ts';
import type { ConfigurationSource } from './configuration_source.ts';
import { newRequestContext, runInContext } from './request_context.ts';
import type { RequestContext } from './request_context.ts';

/**
 * Run what follows inside a request context of its own, and write all that it collected in one
 * transaction before the answer leaves. Nothing is written when the fault is ours; a refused request
 * still writes, for the library has given the session a new identifier by then.
 */
export function requestTransaction(database: Database, configurations: ConfigurationSource): Middleware {
  return async (ctx, next) => {
    const context = newRequestContext(ctx.state.origin, configurations.current());
    await runInContext(context, next);
    if (context.fault) throw context.fault;
    // Tokens are made at the token endpoint alone, whose writes this transaction knows nothing of.
    if (context.pending || context.refusal || context.accessToken) {
      throw new Error('A token request was answered outside the token endpoint.');
    }
    await commitEffects(database, context);
  };
}

/** Write what a request collected, in one transaction, sessions first. */
export async function commitEffects(database: Database, { effects }: RequestContext): Promise<void> {
  const inOrder = [...effects.session, ...effects.dependent];
  if (inOrder.length === 0) return;
  await database.transaction(async (tx) => {
    for (const effect of inOrder) await effect(tx);
  });
}

/** Hand the request to the library as it is at this moment: a new signing key brings a new instance. */
export function libraryRoutes(currentProvider: () => Provider): Middleware {
  const composed = new WeakMap<Provider, Middleware>();
  return async (ctx, next) => {
    const provider = currentProvider();
    let run = composed.get(provider);
    if (!run) {
      run = compose(provider.middleware) as unknown as Middleware;
      composed.set(provider, run);
    }
    try {
      await run(ctx, next);
    } catch (error) {
      if (isFormOfNobody(ctx, error)) ctx.throw(400);
      throw error;
    }
  };
}

/**
 * The library's error page for a device's code, or for the return to it, puts a form's secret into the session,
 * and fails where there is none yet. Nobody was shown a form then.
 */
function isFormOfNobody(ctx: Context, error: unknown): boolean {
  const { oidc } = ctx as Partial<KoaContextWithOIDC>;
  const session = oidc?.session as { new?: boolean } | undefined;
  const isOfDevice = oidc?.route === 'device_resume' || oidc?.route === 'code_verification';
  return error instanceof TypeError && isOfDevice && session?.new === true;
}
