import type { Context } from 'koa';
import type { Configuration } from '../domain/configuration.ts';

/** Who asks: a page of ours (or no browser at all), or a web app by its origin. */
export type Asker = { kind: 'own' } | { kind: 'app'; origin: string };

/** The header that makes a touch: no form can send it, and another origin only after a preflight. */
export const touchHeader = 'Curfew-Touch';

/**
 * Who sent this request, as far as its browser says; undefined for whoever is never answered: another
 * site, and an origin that no client has registered. The session's cookie is `SameSite=Lax`, so a request
 * from another site would tell of no session anyway.
 */
export function findAsker(ctx: Context, issuer: string, configuration: Configuration): Asker | undefined {
  const origin = ctx.get('Origin');
  const site = ctx.get('Sec-Fetch-Site');
  if (site === 'cross-site') return undefined;
  if (origin === new URL(issuer).origin) return { kind: 'own' };
  if (origin !== '') {
    return listWebOrigins(configuration).has(origin) ? { kind: 'app', origin } : undefined;
  }
  return site === 'same-site' ? undefined : { kind: 'own' };
}

/**
 * Whether the asker may hear of a session: ours always, an app if a client of its origin is in the
 * session. Where there is no session every registered app may know that.
 */
export function mayHear(
  asker: Asker,
  configuration: Configuration,
  clientIds: readonly string[] | undefined,
): boolean {
  return asker.kind === 'own' || listWebOrigins(configuration, clientIds).has(asker.origin);
}

/** Headers that let the app's script read the answer, its preflight included. */
export function allowAsker(ctx: Context, asker: Asker): void {
  if (asker.kind === 'own') return;
  ctx.set({ 'Access-Control-Allow-Origin': asker.origin, 'Access-Control-Allow-Credentials': 'true' });
}

function listWebOrigins({ clients }: Configuration, clientIds?: readonly string[]): Set<string> {
  const enabled = [...clients.values()].filter(({ disabled }) => !disabled);
  const asked = clientIds ? enabled.filter(({ clientId }) => clientIds.includes(clientId)) : enabled;
  return new Set(asked.flatMap(({ webOrigins }) => webOrigins));
}
