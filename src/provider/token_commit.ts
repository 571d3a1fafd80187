import { sealSuccessor } from '../credentials/successor_seal.ts';
import { hashToken } from '../credentials/token_hash.ts';
import { formatInstant } from '../domain/instants.ts';
import { refuseRefresh } from '../operations/refuse_refresh.ts';
import { settleSiblings } from '../operations/settle_siblings.ts';
import { bumpAccountVersion } from '../store/accounts.ts';
import { commitCodeExchange } from '../store/authorization_codes.ts';
import { commitRefresh, findRefresh, lockOpenFamilies } from '../store/families.ts';
import type { CommitOutcome } from '../store/families.ts';
import { findFamilyState } from '../store/family_state.ts';
import type { FamilyState } from '../store/family_state.ts';
import { isOutcomeUnknown } from '../store/database.ts';
import type { Database } from '../store/database.ts';
import { lockAccount } from '../store/sessions.ts';
import { codeResources } from './adapter/exchange.ts';
import { commitEffects } from './library_routes.ts';
import { describeActivity } from './describe_activity.ts';
import { splitScope } from './token_claims.ts';
import type { PendingExchange, PendingRefresh, RequestContext } from './request_context.ts';
import { findDeadlines } from './token_deadlines.ts';
import type { TokenDeadlines } from './token_deadlines.ts';
import type { WindowSecrets } from './window_secrets.ts';

/** What the answer carries beside the library's own members. */
export interface TokenAnswer extends TokenDeadlines {
  refresh_token?: string;
}

export interface TokenCommit {
  database: Database;
  windows: WindowSecrets;
}

/** Write all that a token request does. `undefined`: the facts changed meanwhile, nothing was written, decide again. */
export async function commitTokenRequest(
  { database, windows }: TokenCommit,
  context: RequestContext,
  failed: boolean,
): Promise<TokenAnswer | undefined> {
  if (context.refusal) {
    const outcome = await refuseRefresh(database, context.configuration, context.refusal);
    return outcome === 'done' ? {} : undefined;
  }
  const { pending } = context;
  if (failed) return {};
  if (!pending?.verdict) {
    await commitEffects(database, context);
    return {};
  }
  if (pending.kind === 'refresh') return await writeRefresh(database, windows, context, pending);
  return await writeExchange(database, context, pending);
}

async function writeRefresh(
  database: Database,
  windows: WindowSecrets,
  context: RequestContext,
  pending: PendingRefresh,
): Promise<TokenAnswer | undefined> {
  const { loaded, verdict, presented, answerToken } = pending;
  const { limits } = verdict;
  const successor = verdict.mode === 'rotate' ? await makeSuccessor() : undefined;
  if (loaded.siblingsDue && loaded.session && verdict.sessionInactiveFor !== undefined)
    await settleSiblings(database, context.configuration, loaded.session, context.origin);
  const outcome = await commitRefresh(database, {
    mode: verdict.mode,
    tokenHash: hashToken(presented),
    successor,
    proofKey: pending.proofKey,
    accountVersion: loaded.account.version,
    configurationVersion: context.configuration.version,
    limits: {
      idle: limits.family.refresh_idle.value,
      absolute: limits.family.refresh_absolute.value,
      overlap: limits.family.refresh_overlap.value,
      sessionIdle: limits.session.session_idle.value,
      sessionAbsolute: limits.session.session_absolute.value,
      leaseMax: limits.family.lease_max.value,
    },
    inactiveFor: verdict.inactiveFor,
    sessionInactiveFor: verdict.sessionInactiveFor,
    accessToken: context.accessToken,
    requestId: context.origin.requestId,
    address: context.origin.address,
    detail: {
      // Where it says nothing, all of the family's were given.
      ...(verdict.scopes.length < loaded.family.scopes.length ? { scopes: verdict.scopes } : {}),
      ...(verdict.dropped.length > 0 ? { dropped: verdict.dropped } : {}),
      ...describeActivity(verdict, loaded.family.bound),
    },
  }).catch((error: unknown) => findCommitted(database, pending, successor?.hash, error));
  if (outcome.outcome === 'changed' || !answerToken) return undefined;
  return { refresh_token: answerToken, ...findDeadlines(context, pending, outcome, loaded.family.bound) };

  async function makeSuccessor() {
    const value = answerToken ?? '';
    if (limits.family.refresh_overlap.value === 0)
      return { hash: hashToken(value), sealed: null, windowId: null };
    const { windowId, secret } = await windows.current();
    return { hash: hashToken(value), sealed: sealSuccessor(value, presented, secret), windowId };
  }
}

/**
 * The connection broke while the refresh was being written: look whether it was. If it was, the answer
 * stands; if not, the old token works on; if nobody can tell, neither is claimed. Throws `cause` for both.
 * The database may be at it still, for it hears late of a broken connection, or come to it only later: look
 * behind the locks it takes, and leave a new version of the account, for which nothing late was decided.
 */
async function findCommitted(
  database: Database,
  { presented, loaded: { account, family } }: PendingRefresh,
  successorHash: Buffer | undefined,
  cause: unknown,
): Promise<CommitOutcome> {
  if (!isOutcomeUnknown(cause) || !successorHash) throw cause;
  const look = database.transaction(async (tx) => {
    await lockAccount(tx, account.accountId);
    await lockOpenFamilies(tx, { familyId: family.familyId });
    const found = await findRefresh(tx, hashToken(presented));
    if (found?.successorHash?.equals(successorHash)) return found;
    await bumpAccountVersion(tx, account.accountId);
    return undefined;
  });
  const stored = await look.catch(() => undefined);
  if (!stored) throw cause;
  return readCommitted(stored);
}

function readCommitted({ now, family, session }: FamilyState): CommitOutcome {
  return {
    outcome: 'done',
    now,
    lastActivityAt: family.lastActivityAt,
    sessionLastActivityAt: family.bound ? session?.lastActivityAt : undefined,
  };
}

async function writeExchange(
  database: Database,
  context: RequestContext,
  pending: PendingExchange,
): Promise<TokenAnswer | undefined> {
  const { loaded, verdict, refreshToken } = pending;
  if (!verdict) return {};
  const bound = loaded.payload.expiresWithSession === true;
  const { limits } = verdict;
  const outcome = await commitCodeExchange(database, {
    codeHash: hashToken(pending.code),
    tokenHash: refreshToken && hashToken(refreshToken.value),
    familyId: pending.familyId,
    bound,
    scopes: splitScope(loaded.payload.scope),
    resources: codeResources(loaded.payload),
    jkt: refreshToken?.payload.jkt as string | undefined,
    payload: refreshToken?.payload ?? {},
    accountVersion: loaded.account.version,
    configurationVersion: context.configuration.version,
    limits: {
      idle: limits.family.refresh_idle.value,
      sessionIdle: limits.session.session_idle.value,
      sessionAbsolute: limits.session.session_absolute.value,
    },
    accessToken: context.accessToken,
    requestId: context.origin.requestId,
    address: context.origin.address,
    detail: {
      bound,
      active_at: formatInstant(loaded.lastActivityAt),
      scopes: splitScope(loaded.payload.scope),
      resources: codeResources(loaded.payload),
    },
  }).catch((error: unknown) => findExchanged(database, pending, error));
  if (outcome.outcome === 'changed') return undefined;
  return refreshToken ? findDeadlines(context, pending, outcome, bound) : {};
}

/** Likewise for an exchange: only this one knows the id of the family that it makes. */
async function findExchanged(
  database: Database,
  { familyId, refreshToken, loaded: { account } }: PendingExchange,
  cause: unknown,
): Promise<CommitOutcome> {
  if (!isOutcomeUnknown(cause) || !refreshToken) throw cause;
  const look = database.transaction(async (tx) => {
    await lockAccount(tx, account.accountId);
    const found = await findFamilyState(tx, familyId);
    if (!found) await bumpAccountVersion(tx, account.accountId);
    return found;
  });
  const stored = await look.catch(() => undefined);
  if (!stored) throw cause;
  return readCommitted(stored);
}
