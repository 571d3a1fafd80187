import { hashToken } from '../../credentials/token_hash.ts';
import { evaluateCodeExchange } from '../../policy/evaluate_code_exchange.ts';
import type { CodeExchangeFacts } from '../../policy/evaluate_code_exchange.ts';
import { findAuthorizationCode, insertAuthorizationCode } from '../../store/authorization_codes.ts';
import type { LoadedCode } from '../../store/authorization_codes.ts';
import { splitScope } from '../token_claims.ts';
import { refusalError } from '../refusals.ts';
import { getRequestContext } from '../request_context.ts';
import type { PendingExchange, RequestContext } from '../request_context.ts';
import { codeSeconds } from '../token_lifetimes.ts';
import { boundSession, rememberSession } from './bound_session.ts';
import { neverExpires, withoutIdentity } from './dependencies.ts';
import type { AdapterDependencies } from './dependencies.ts';
import type { ModelAdapter } from './index.ts';

/**
 * Authorization codes. `find` loads all that the exchange depends on; the verdict falls at `consume`,
 * which the library reaches only with the right client, redirect URI and verifier: a wrong one burns
 * nothing. Nothing is written before the answer is complete.
 */
export function authorizationCodeAdapter({ database, configurations }: AdapterDependencies): ModelAdapter {
  return {
    upsert(code, payload, ttl = codeSeconds) {
      const { accountId = '', clientId = '', sessionUid = '', grantId = '' } = payload;
      getRequestContext().effects.dependent.push((tx) =>
        insertAuthorizationCode(tx, {
          codeHash: hashToken(code),
          accountId,
          clientId,
          sessionId: sessionUid,
          grantId,
          payload: withoutIdentity(payload),
          ttl,
        }),
      );
      return Promise.resolve();
    },
    async find(code) {
      const loaded = await findAuthorizationCode(database, hashToken(code));
      if (!loaded) return undefined;
      const context = getRequestContext();
      context.configuration = await configurations.atLeast(loaded.configurationVersion);
      context.pending = { kind: 'exchange', code, loaded };
      context.account = loaded.account;
      if (loaded.grantPayload) context.grants.set(loaded.grantId, loaded.grantPayload);
      rememberSession(
        context,
        boundSession(loaded, { ...loaded, sessionId: loaded.payload.sessionUid as string }),
      );
      // A used code must get as far as `consume` to be recognised as reused, even when it has expired.
      const exp = loaded.expired && !loaded.consumed ? 1 : neverExpires;
      return { ...loaded.payload, jti: code, exp };
    },
    consume() {
      const context = getRequestContext();
      const pending = context.pending as PendingExchange;
      const verdict = evaluateCodeExchange(exchangeFacts(context, pending.loaded));
      if (verdict.granted) {
        pending.verdict = verdict;
        return Promise.resolve();
      }
      const { account, clientId, familyId, payload } = pending.loaded;
      const sessionId = payload.sessionUid as string;
      const ends =
        verdict.code === 'code_reused' && familyId
          ? { what: 'family' as const, end: { reason: 'code_reused' as const, at: pending.loaded.now } }
          : undefined;
      context.refusal = {
        verdict: ends ? { ...verdict, ends } : verdict,
        subject: { accountId: account.accountId, clientId, sessionId, familyId },
        event: 'code.refused',
        origin: context.origin,
      };
      return Promise.reject(refusalError(verdict.code, verdict.end));
    },
  };
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
    scopes: codeScopes(payload),
    resources: codeResources(payload),
    lastActivityAt: loaded.lastActivityAt,
    mfaAt: loaded.mfaAt,
  };
}

export function codeScopes(payload: Record<string, unknown>): string[] {
  return splitScope(payload.scope);
}

export function codeResources(payload: Record<string, unknown>): string[] {
  const { resource } = payload;
  if (typeof resource === 'string') return [resource];
  return Array.isArray(resource) ? (resource as string[]) : [];
}
