import type { AdapterPayload } from 'oidc-provider';
import { generateUuid } from '../../credentials/identifiers.ts';
import { evaluateCodeExchange } from '../../policy/evaluate_code_exchange.ts';
import type { CodeExchangeFacts } from '../../policy/evaluate_code_exchange.ts';
import type { LoadedCode } from '../../store/authorization_codes.ts';
import type { ConfigurationSource } from '../configuration_source.ts';
import { refusalError } from '../refusals.ts';
import { getRequestContext } from '../request_context.ts';
import type { PendingExchange, RequestContext } from '../request_context.ts';
import { splitScope } from '../token_claims.ts';
import { boundSession, rememberSession } from './bound_session.ts';
import { neverExpires } from './dependencies.ts';

/** A code was presented and found: note all that it brings along, and give the library its payload. */
export async function beginExchange(
  configurations: ConfigurationSource,
  code: string,
  loaded: LoadedCode,
): Promise<AdapterPayload> {
  const context = getRequestContext();
  context.configuration = await configurations.atLeast(loaded.configurationVersion);
  context.pending = { kind: 'exchange', code, familyId: generateUuid(), loaded };
  context.account = loaded.account;
  const grant = loaded.grantPayload ?? findLostGrant(loaded);
  if (grant) context.grants.set(loaded.grantId, grant);
  rememberSession(
    context,
    boundSession(loaded, { ...loaded, sessionId: loaded.payload.sessionUid as string }),
  );
  // A used code must get as far as `consume` to be recognised as reused, even when it has expired.
  const exp = loaded.expired && !loaded.consumed ? 1 : neverExpires;
  return { ...loaded.payload, jti: code, exp };
}

/** The consent was withdrawn: a used code must get as far as `consume` all the same. */
function findLostGrant({
  consumed,
  account: { accountId },
  clientId,
}: LoadedCode): AdapterPayload | undefined {
  return consumed ? { accountId, clientId } : undefined;
}

/**
 * The verdict, at the point where the library consumes the code: it gets there only with the right
 * client, redirect URI and verifier, so that a wrong one burns nothing. Rejects with the refusal.
 */
export function decideExchange(): Promise<void> {
  const context = getRequestContext();
  const pending = context.pending as PendingExchange;
  const verdict = evaluateCodeExchange(exchangeFacts(context, pending.loaded));
  if (verdict.granted) {
    pending.verdict = verdict;
    return Promise.resolve();
  }
  const { account, clientId, familyId, payload, now } = pending.loaded;
  const reused = verdict.code === 'code_reused' && familyId !== undefined;
  context.refusal = {
    verdict: reused
      ? { ...verdict, ends: { what: 'family', end: { reason: 'code_reused', at: now } } }
      : verdict,
    subject: { accountId: account.accountId, clientId, sessionId: payload.sessionUid as string, familyId },
    event: 'code.refused',
    origin: context.origin,
  };
  return Promise.reject(refusalError(verdict.code, verdict.end));
}

function exchangeFacts(context: RequestContext, loaded: LoadedCode): CodeExchangeFacts {
  const { payload } = loaded;
  return {
    now: loaded.now,
    configuration: context.configuration,
    account: loaded.account,
    session: loaded.session,
    consumed: loaded.consumed,
    clientId: loaded.clientId,
    bound: payload.expiresWithSession === true,
    scopes: splitScope(payload.scope),
    resources: codeResources(payload),
    lastActivityAt: loaded.lastActivityAt,
    mfaAt: loaded.mfaAt,
    phrAt: loaded.phrAt,
  };
}

export function codeResources(payload: Record<string, unknown>): string[] {
  const { resource } = payload;
  if (typeof resource === 'string') return [resource];
  return Array.isArray(resource) ? (resource as string[]) : [];
}
