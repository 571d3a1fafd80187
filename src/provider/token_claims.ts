import type { KoaContextWithOIDC } from 'oidc-provider';
import { recordEvent } from '../events/record_event.ts';
import { findRequestContext } from './request_context.ts';
import type { RequestContext } from './request_context.ts';

/**
 * Authentication context class references: a password; two factors; two factors, one of them a passkey,
 * which no look-alike of the sign-in page can pass on.
 */
export const acr = {
  password: 'urn:curfew:acr:pwd',
  mfa: 'urn:curfew:acr:mfa',
  phishingResistant: 'urn:curfew:acr:phr',
} as const;
export type Acr = (typeof acr)[keyof typeof acr];

/** The scopes of a `scope` parameter or of registered metadata; none where it is no text. */
export function splitScope(scope: unknown): string[] {
  return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
}

/** What access tokens say beyond RFC 9068's required claims: authentication, roles, and the session while it lives. */
export function extraTokenClaims(
  ctx: KoaContextWithOIDC,
  token: { kind: string; scope?: string | undefined },
): Record<string, unknown> | undefined {
  const context = findRequestContext();
  if (context && token.kind === 'ClientCredentials') {
    const [clientId, { origin }] = [ctx.oidc.client?.clientId, context];
    context.effects.dependent.push((tx) =>
      recordEvent(tx, 'client_credentials.granted', { clientId }, origin, { scope: token.scope ?? '' }),
    );
  }
  if (!context?.pending || !ctx.oidc.client) return undefined;
  const { payload } = context.pending.loaded;
  return withoutUndefined({
    auth_time: payload.authTime,
    acr: payload.acr,
    amr: payload.amr,
    roles: context.account?.roles,
    sid: sessionIdFor(context, ctx.oidc.client.clientId),
  });
}

/** The `sid` by which this client knows the session; undefined once that has ended. */
function sessionIdFor({ pending }: RequestContext, clientId: string): string | undefined {
  if (!pending?.loaded.session || pending.loaded.session.end) return undefined;
  const authorizations = pending.loaded.sessionPayload?.authorizations as
    | Record<string, { sid?: string }>
    | undefined;
  return authorizations?.[clientId]?.sid;
}

function withoutUndefined(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}
