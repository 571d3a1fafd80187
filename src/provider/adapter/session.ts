import Provider from 'oidc-provider';
import type { AdapterPayload } from 'oidc-provider';
import { hashToken } from '../../credentials/token_hash.ts';
import type { End } from '../../domain/facts.ts';
import { formatInstant } from '../../domain/instants.ts';
import { recordEvent } from '../../events/record_event.ts';
import { limitSessions } from '../../operations/limit_sessions.ts';
import { endSession } from '../../operations/end_session.ts';
import { queueAssuranceIncrease } from '../../operations/queue_assurance_increase.ts';
import { evaluateSession } from '../../policy/evaluate_lifetime.ts';
import { sessionLimits } from '../../policy/subject_limits.ts';
import { findAccessVersion } from '../../store/accounts.ts';
import { scheduleSessionChecks } from '../../store/sweep.ts';
import { findSessionByCookie, findSessionById, lockAccount, writeSession } from '../../store/sessions.ts';
import type { LoadedSession, NamedSession } from '../../store/sessions.ts';
import type { Queryable } from '../../store/database.ts';
import { outdatedError, overtakenError } from '../refusals.ts';
import { findRequestContext, getRequestContext } from '../request_context.ts';
import type { RequestContext, SignInMoments } from '../request_context.ts';
import { neverExpires, withoutIdentity } from './dependencies.ts';
import type { AdapterDependencies, ModelAdapter } from './dependencies.ts';
import { sealedStates } from './sealed_states.ts';

/**
 * Browser sessions. Each look applies the limits in force: a session found over ends there and then,
 * with everything bound to it, and is not found.
 */
export function sessionAdapter({ database, configurations, secrets }: AdapterDependencies): ModelAdapter {
  const states = sealedStates(secrets);

  async function readLive(loaded: LoadedSession | undefined): Promise<LoadedSession | undefined> {
    if (!loaded?.facts) return loaded;
    const context = findRequestContext();
    const configuration = await configurations.atLeast(loaded.configurationVersion);
    if (context) context.configuration = configuration;
    const lifetime = evaluateSession(
      loaded.facts,
      sessionLimits(configuration, loaded.facts, loaded.roles),
      loaded.now,
    );
    if (!lifetime.over && !loaded.accountDisabled) return loaded;

    const end: End = lifetime.over ? lifetime.end : { reason: 'account_disabled', at: loaded.now };
    if (context) context.endedSession = end;
    if (!loaded.facts.end) {
      const { facts } = loaded;
      const cause = lifetime.over ? undefined : 'account_disabled';
      await database.transaction((tx) => endSession(tx, configuration, facts, cause, context?.origin ?? {}));
    }
    return undefined;
  }

  return {
    async find(cookie) {
      const loaded = await readLive(await findSessionByCookie(database, hashToken(cookie)));
      if (!loaded) return undefined;
      const context = findRequestContext();
      context?.sessionsByCookie.set(cookie, loaded);
      context?.sessionsById.set(loaded.sessionId, loaded);
      return states.open(sessionPayload(loaded, cookie));
    },
    async findByUid(sessionId) {
      const known = findRequestContext()?.sessionsById.get(sessionId);
      const loaded = known ?? (await readLive(await findSessionById(database, sessionId)));
      return loaded && states.open(sessionPayload(loaded));
    },
    upsert(cookie, payload) {
      const context = getRequestContext();
      context.signIn = readSignIn() ?? {};
      context.effects.session.push((tx) => storeSession(tx, context, cookie, states.seal(payload)));
      return Promise.resolve();
    },
    destroy(cookie) {
      const context = getRequestContext();
      const oidc = Provider.ctx?.oidc;
      // The library destroys the old identifier whenever it gives the session a new one.
      if ((oidc?.session as { oldId?: string } | undefined)?.oldId === cookie) return Promise.resolve();
      const loaded = context.sessionsByCookie.get(cookie);
      if (!loaded?.facts) return Promise.resolve();
      const { facts } = loaded;
      const cause = isReplacement(oidc?.session) ? 'replaced' : 'signed_out';
      context.effects.session.push(async (tx) => {
        await endSession(tx, context.configuration, facts, cause, context.origin);
      });
      return Promise.resolve();
    },
  };
}

function sessionPayload(loaded: LoadedSession, cookie?: string): AdapterPayload {
  return { ...loaded.payload, uid: loaded.sessionId, exp: neverExpires, ...(cookie ? { jti: cookie } : {}) };
}

/** Another account signs in: the library signs the first one out and comes back to the pending request. */
function isReplacement(session: unknown): boolean {
  const uri = (session as { state?: { postLogoutRedirectUri?: string } } | undefined)?.state
    ?.postLogoutRedirectUri;
  const resume = Provider.ctx?.oidc.urlFor('resume', { uid: 'x' }).replace(/x$/, '');
  return uri !== undefined && resume !== undefined && uri.startsWith(resume);
}

async function storeSession(
  tx: Queryable,
  context: RequestContext,
  cookie: string,
  payload: AdapterPayload,
): Promise<void> {
  const sessionId = payload.uid ?? '';
  const signedIn = findSignIn(context, sessionId);
  const known = context.sessionsById.get(sessionId)?.facts?.clientIds ?? [];
  // The library also names clients that merely asked, and got nothing.
  const clientIds = [...context.joiningClients].filter((clientId) => !known.includes(clientId));
  const owner = { sessionId, accountId: payload.accountId ?? '' };
  if (signedIn) await assertStillGood(tx, owner.accountId, signedIn);
  if (clientIds.length > 0) {
    // Another client may bring shorter limits. The account first: the order of all locks.
    await lockAccount(tx, owner.accountId);
    await scheduleSessionChecks(tx, sessionId);
  }
  if (isActivity(context, sessionId, signedIn))
    await endSession(tx, context.configuration, owner, undefined, context.origin);
  const written = await writeSession(tx, {
    sessionId,
    cookieHash: hashToken(cookie),
    readCookieHash: findReadCookie(context, sessionId),
    accountId: payload.accountId,
    clientIds,
    payload: withoutIdentity(payload),
    signedInAt: signedIn?.signedInAt,
    mfaAt: context.signIn?.mfaAt,
    phrAt: context.signIn?.phrAt,
    userAgent: context.origin.userAgent,
    address: context.origin.address,
  });
  if (written.outcome === 'refused') throw outdatedError('session');
  const { outcome } = written;
  const moments = {
    started_at: formatInstant(written.startedAt),
    active_at: formatInstant(written.lastActivityAt),
  };
  if (outcome === 'started') await recordEvent(tx, 'session.started', owner, context.origin, moments);
  if (outcome === 'kept') {
    const { authorizations = {} } = payload;
    await noteStepUp(tx, context, { ...owner, clientIds: [...known, ...clientIds], authorizations });
  }
  if (outcome === 'renewed') await recordEvent(tx, 'session.renewed', owner, context.origin, moments);
  if (outcome === 'started' || clientIds.length > 0)
    await limitSessions(tx, context.configuration, owner, context.origin);
}

/**
 * The sign-in was proved on a page, and comes with this request: all access of its account may have ended since, by
 * another password for one. Behind the account's lock, so that no such end misses the session that begins here.
 */
async function assertStillGood(
  tx: Queryable,
  accountId: string,
  { accessVersion }: SignInMoments,
): Promise<void> {
  await lockAccount(tx, accountId);
  if ((await findAccessVersion(tx, accountId)) !== accessVersion) throw overtakenError();
}

/** Whether the write moves a session that is known on; what that would bring back to life must end before. */
function isActivity(
  context: RequestContext,
  sessionId: string,
  signedIn: SignInMoments | undefined,
): boolean {
  const known = context.sessionsById.get(sessionId);
  const mfaAt = context.signIn?.mfaAt;
  return (
    known?.facts !== undefined && (signedIn !== undefined || (mfaAt !== undefined && mfaAt !== known.mfaAt))
  );
}

/** The first proof of a second factor in a session that was begun without one. */
async function noteStepUp(
  tx: Queryable,
  { signIn, sessionsById, origin }: RequestContext,
  session: NamedSession,
): Promise<void> {
  if (signIn?.mfaAt === undefined || sessionsById.get(session.sessionId)?.mfaAt !== undefined) return;
  await queueAssuranceIncrease(tx, session, signIn.mfaAt, origin);
}

function findReadCookie({ sessionsByCookie }: RequestContext, sessionId: string): Buffer | undefined {
  for (const [cookie, loaded] of sessionsByCookie)
    if (loaded.sessionId === sessionId) return hashToken(cookie);
  return undefined;
}

/** The `login` result of a resumed interaction carries the moments that the sign-in page established. */
function readSignIn(): SignInMoments | undefined {
  return (Provider.ctx?.oidc.result as { login?: SignInMoments } | undefined)?.login;
}

/** The sign-in that this request resumes with, unless the session already knows it. */
function findSignIn(context: RequestContext, sessionId: string): SignInMoments | undefined {
  const result = context.signIn;
  const known = context.sessionsById.get(sessionId)?.facts?.startedAt;
  return result?.signedInAt !== undefined && result.signedInAt !== known ? result : undefined;
}
