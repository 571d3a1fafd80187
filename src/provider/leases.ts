import { errors, interactionPolicy } from 'oidc-provider';
import type { Client, KoaContextWithOIDC, RichAuthorizationRequestsConfiguration } from 'oidc-provider';
import { describeLease, leaseType, parseLease } from '../domain/leases.ts';
import type { Lease } from '../domain/leases.ts';
import { requestLimits } from './request_limits.ts';
import { defaultResource } from './resource_servers.ts';

type Detail = Readonly<Record<string, unknown>>;

/**
 * Leases, asked for as RFC 9396 authorization details. What the user allows goes with one code into one
 * family: never into the grant, and never into access tokens, whose audiences it does not concern.
 */
export const leases = {
  enabled: true,
  types: { [leaseType]: { validate: validateLease } },
  authorizationDetailsForGrantSource: (ctx, code) => {
    const { lease } = (ctx.oidc.result?.consent ?? {}) as ConsentedLease;
    return lease && !code.expiresWithSession ? [describeLease(lease)] : undefined;
  },
  authorizationDetailsForAccessToken: () => undefined,
  authorizationDetailsForIntrospection: (_, token) => token.rar,
} satisfies RichAuthorizationRequestsConfiguration;

/** Part of the details of a consent prompt, and of the result that its page gives. */
export type ConsentedLease = { lease?: Lease | undefined };

/** The lease that a code brings along, as it was stored beside the library's payload. */
export function readCodeLease(rar: unknown): Lease | undefined {
  const [detail] = (rar ?? []) as Detail[];
  return detail && parseLease(detail).lease;
}

/** A lease is allowed on the consent page, each time anew. The page shows what would be granted now, if anything. */
export const leaseCheck = new interactionPolicy.Check(
  'lease',
  'the user must allow a lease',
  'consent_required',
  ({ oidc }) => oidc.params?.authorization_details !== undefined && !oidc.result?.consent,
  (ctx): ConsentedLease => ({ lease: permittedLease(ctx) }),
);

/** What the policies permit of the lease that the request asks for. */
function permittedLease(ctx: KoaContextWithOIDC): Lease | undefined {
  const [detail] = readDetails(ctx);
  const { lease } = detail ? parseLease(detail) : {};
  const longest = requestLimits(ctx)?.lease_max.value ?? 0;
  return lease && longest > 0 ? { ...lease, duration: Math.min(lease.duration, longest) } : undefined;
}

function validateLease(ctx: KoaContextWithOIDC, detail: Detail, client: Client): void {
  const fault = findFault(ctx, detail, client);
  if (fault) throw new errors.InvalidAuthorizationDetails(fault);
  // A lease is no right at a resource, so none need be named; the library would insist.
  const { params } = ctx.oidc;
  if (params && params.resource === undefined) params.resource = defaultResource(ctx, client);
}

const routes = new Set(['authorization', 'pushed_authorization_request']);

function findFault(ctx: KoaContextWithOIDC, detail: Detail, client: Client): string | undefined {
  if (!routes.has(ctx.oidc.route)) return 'a lease is asked for where its user sees it: at authorization';
  if (!mayLease(client)) return 'this client may not ask for leases';
  if (readDetails(ctx).length > 1) return 'one lease at a time';
  const { fault } = parseLease(detail);
  if (fault) return fault;
  // Without a page there is no offline_access, nor a lease: then the prompts have the better answer.
  if (ctx.oidc.prompts.has('none') || ctx.oidc.requestParamScopes.has('offline_access')) return undefined;
  return 'a lease needs the scope offline_access and prompt=consent';
}

function mayLease(client: Client): boolean {
  const { authorizationDetailsTypes: types, clientAuthMethod, dpopBoundAccessTokens } = client;
  const isProved = clientAuthMethod !== 'none' || dpopBoundAccessTokens === true;
  return isProved && Array.isArray(types) && types.includes(leaseType);
}

function readDetails({ oidc }: KoaContextWithOIDC): Detail[] {
  return JSON.parse(String(oidc.params?.authorization_details)) as Detail[];
}
