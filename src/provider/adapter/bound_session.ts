import type { AccountFacts, SessionFacts } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instants.ts';
import type { LoadedSession } from '../../store/sessions.ts';
import type { RequestContext } from '../request_context.ts';

interface Bound {
  now: Instant;
  configurationVersion: number;
  account: AccountFacts;
  session?: SessionFacts | undefined;
}

/**
 * The session that a token hangs on, as the library's own check of that bond wants to see it. The bond
 * is judged by `policy/`; the library must find it in order, whatever has become of the session.
 */
export function boundSession(
  loaded: Bound,
  { sessionId, clientId, grantId }: { sessionId: string; clientId: string; grantId: string },
): LoadedSession {
  const { accountId, roles, disabled, version } = loaded.account;
  return {
    now: loaded.now,
    configurationVersion: loaded.configurationVersion,
    sessionId,
    payload: { accountId, authorizations: { [clientId]: { grantId } } },
    facts: loaded.session,
    roles,
    accountDisabled: disabled,
    accountVersion: version,
  };
}

export function rememberSession(context: RequestContext, session: LoadedSession): void {
  context.sessionsById.set(session.sessionId, session);
}
