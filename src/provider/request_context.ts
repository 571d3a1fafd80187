import { AsyncLocalStorage } from 'node:async_hooks';
import type { JWTPayload } from 'jose';
import type { End } from '../domain/facts.ts';
import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import type { GrantedCodeExchange } from '../policy/evaluate_code_exchange.ts';
import type { GrantedRefresh } from '../policy/evaluate_refresh.ts';
import type { Refusal } from '../operations/refuse_refresh.ts';
import type { LoadedCode } from '../store/authorization_codes.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Queryable } from '../store/database.ts';
import type { StoredAccount } from '../store/facts_sql.ts';
import type { LoadedRefresh, NewAccessToken } from '../store/families.ts';
import type { LoadedSession } from '../store/sessions.ts';

/** A refresh in the making: what was presented, loaded and decided. */
export interface PendingRefresh {
  kind: 'refresh';
  presented: string;
  loaded: LoadedRefresh;
  proofKey?: string | undefined;
  verdict: GrantedRefresh;
  /** The token that the answer carries: a new successor, the same one again, or the presented one. */
  answerToken?: string;
}

/** An exchange of an authorization code in the making. */
export interface PendingExchange {
  kind: 'exchange';
  code: string;
  /** The family that it will make, named ahead so that access tokens can carry it. */
  familyId: string;
  loaded: LoadedCode;
  verdict?: GrantedCodeExchange;
  refreshToken?: { value: string; payload: Record<string, unknown> };
}

/** One write of a request outside the token endpoint, run in the transaction that ends it. */
export type Effect = (tx: Queryable) => Promise<void>;

/** Sessions are written before the codes and grants that hang on them, in whatever order the library saves. */
export type EffectRank = 'session' | 'dependent';

/** What our sign-in page adds to the library's `login` result: moments by the database's clock. */
export interface SignInMoments {
  /** Of a full sign-in. */
  signedInAt?: Instant;
  /** Of the account, when that was proved. */
  accessVersion?: number;
  mfaAt?: Instant;
  /** Of a passkey. */
  phrAt?: Instant;
}

/** A token that introspection or revocation asks about. */
export interface InspectedToken {
  /** Stands in for a JWT that has been verified: the library takes no structured tokens. */
  handle?: string;
  claims?: JWTPayload;
  familyId?: string | undefined;
  /** Members of an introspection answer about a refresh token. */
  deadlines?: { refresh_token_timeout: number; authorization_expires_in: number };
}

/** All that one attempt at one request knows; passed along by async context, never by module state. */
export interface RequestContext {
  origin: Origin;
  configuration: LoadedConfiguration;
  pending?: PendingRefresh | PendingExchange;
  accessToken?: NewAccessToken;
  refusal?: Refusal;
  effects: Record<EffectRank, Effect[]>;
  account?: StoredAccount;
  /** The browser that asks; `hasBegun`: it must be known from now on. */
  browser?: { token: string; hasBegun: boolean };
  grants: Map<string, Record<string, unknown>>;
  sessionsByCookie: Map<string, LoadedSession>;
  sessionsById: Map<string, LoadedSession>;
  /** The end of the session that the browser's cookie named: why the user must sign in again. */
  endedSession?: End;
  /** The clients that this request gives a code: they are signed in through the session from now on. */
  joiningClients: Set<string>;
  /** The full sign-in that this request resumes with. */
  signIn?: SignInMoments;
  /** The token under introspection or revocation: its family, and what the answer adds. */
  inspected?: InspectedToken;
  /** Proofs (DPoP, client assertions) that this request has taken note of itself. */
  seenProofs: Set<string>;
  /** An error that is ours, not the caller's. */
  fault?: unknown;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function newRequestContext(origin: Origin, configuration: LoadedConfiguration): RequestContext {
  return {
    origin,
    configuration,
    effects: { session: [], dependent: [] },
    grants: new Map(),
    sessionsByCookie: new Map(),
    sessionsById: new Map(),
    joiningClients: new Set(),
    seenProofs: new Set(),
  };
}

export function runInContext<Result>(context: RequestContext, work: () => Promise<Result>): Promise<Result> {
  return storage.run(context, work);
}

export function findRequestContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Throws when called outside a request: a bug of ours. */
export function getRequestContext(): RequestContext {
  const context = storage.getStore();
  if (!context) throw new Error('There is no request under way.');
  return context;
}
