import type { Configuration } from '../../domain/configuration.ts';
import type { End, FamilyFacts, SessionFacts } from '../../domain/facts.ts';
import { addSeconds, formatInstant } from '../../domain/instants.ts';
import type { Instant } from '../../domain/instants.ts';
import type { EventName } from '../../events/catalogue.ts';
import { describeEnd } from '../../operations/end_access.ts';
import { evaluateFamily, evaluateSession } from '../../policy/evaluate_lifetime.ts';
import type { Lifetime } from '../../policy/evaluate_lifetime.ts';
import { evaluateRefresh } from '../../policy/evaluate_refresh.ts';
import { familyLimits, sessionLimits } from '../../policy/subject_limits.ts';
import { describeActivity } from '../../provider/describe_activity.ts';
import type { SeededRandom } from '../seeded_random.ts';
import type { RecordHistory } from './history_event.ts';
import { drawSessionId, drawUuid } from './draw_identifiers.ts';

/** Whose access, and through what. */
export interface AccessOwner {
  accountId: string;
  roles: readonly string[];
  clientId: string;
  scopes: readonly string[];
  address: string;
}

/** One browser's session and its one bound family, and what a server records of them. */
export interface Access {
  /** A refresh; `inactiveFor`: what the app says, in seconds. Returns whether it passed; without a family it never does. */
  refresh(at: Instant, inactiveFor?: number): boolean;
  /** Through the authorization endpoint: with the password where the session is over, without a page where it is not. */
  signIn(at: Instant): void;
  signOut(at: Instant): void;
  /** Whether the app's access token is over. */
  isTokenOver(at: Instant): boolean;
  /** What is over by `at` ends, as the sweeper finds it. */
  sweep(at: Instant): void;
}

/**
 * Start without a session. The product's own rules decide every refresh and every end; ends that nobody asks
 * about are found by a sweeper, up to a second and a half late.
 */
export function createAccess(
  owner: AccessOwner,
  configuration: Configuration,
  random: SeededRandom,
  record: RecordHistory,
): Access {
  const { accountId, roles, clientId, scopes } = owner;
  let session: SessionFacts | undefined;
  let family: FamilyFacts | undefined;
  let tokenEndAt = 0;
  let hasConsented = false;
  let factorId: string | undefined;
  let mfaAt: Instant | undefined;

  const limits = {
    begun: sessionLimits(configuration, { clientIds: [] }, roles),
    session: sessionLimits(configuration, { clientIds: [clientId] }, roles),
    family: familyLimits(configuration, { clientId, scopes, resources: [] }, roles),
  };
  const ofSession = ({ clientIds }: Pick<SessionFacts, 'clientIds'>) =>
    clientIds.length === 0 ? limits.begun : limits.session;

  function judgeFamily(of: FamilyFacts, at: Instant): Lifetime {
    return evaluateFamily(of, limits.family, { session, limits: ofSession(session ?? nothing) }, at);
  }

  function write(at: Instant, name: EventName, detail: Record<string, unknown>, by: Asking): void {
    const isSessions = name.startsWith('session.');
    const isFactors = name === 'mfa.passed' || name === 'factor.enrolled';
    const isPersons = isFactors || name === 'sign_in.succeeded';
    record({
      at,
      name,
      accountId,
      clientId: isSessions || isFactors ? undefined : clientId,
      sessionId: isPersons ? undefined : session?.sessionId,
      familyId: isPersons || isSessions || name === 'consent.granted' ? undefined : family?.familyId,
      requestId: by === 'sweeper' ? undefined : by,
      address: by === 'sweeper' ? undefined : owner.address,
      detail: by === 'sweeper' ? { ...detail, actor: by } : detail,
    });
  }

  function endFamily(end: End, at: Instant, by: Asking): void {
    if (!family || family.end) return;
    family.end = end;
    write(at, 'family.ended', describeEnd(end, at), by);
  }

  function endSession(end: End, at: Instant, by: Asking): void {
    if (!session || session.end) return;
    const life = family && !family.end ? judgeFamily(family, at) : undefined;
    if (family && life) endFamily(life.over ? life.end : { reason: end.reason, at }, at, by);
    session.end = end;
    write(addSeconds(at, beat), 'session.ended', describeEnd(end, at), by);
  }

  function sweep(until: Instant): void {
    const late = random.between(0.05, 1.5);
    const own = family && !family.end ? judgeFamily(family, until) : undefined;
    if (own?.over && addSeconds(own.end.at, late) < until) {
      endFamily(own.end, addSeconds(own.end.at, late), 'sweeper');
    }
    const whole = session && !session.end ? evaluateSession(session, ofSession(session), until) : undefined;
    if (whole?.over && addSeconds(whole.end.at, late) < until) {
      endSession(whole.end, addSeconds(whole.end.at, late), 'sweeper');
    }
  }

  function refresh(at: Instant, inactiveFor?: number): boolean {
    sweep(at);
    if (!family || !session) return false;
    const by = drawUuid(random);
    const account = { accountId, version: 1, roles, disabled: false };
    const token = { successorUnused: true, retries: 0 };
    const facts = { now: at, configuration, account, family, session, token };
    const verdict = evaluateRefresh(facts, { clientId, inactiveFor });
    if (!verdict.granted) {
      const { ends, code } = verdict;
      if (ends?.what === 'session') endSession(ends.end, at, by);
      else if (ends) endFamily(ends.end, at, by);
      write(addSeconds(at, 2 * beat), 'refresh.refused', { code }, by);
      return false;
    }
    move(family, at, verdict.inactiveFor);
    move(session, at, verdict.sessionInactiveFor);
    tokenEndAt = addSeconds(at, verdict.limits.family.access_token_ttl.value);
    write(at, 'refresh.granted', describeActivity(verdict, true), by);
    return true;
  }

  function signIn(at: Instant): void {
    sweep(at);
    const by = drawUuid(random);
    const life = session && evaluateSession(session, ofSession(session), at);
    if (life?.over) endSession(life.end, at, by);
    if (!life || life.over) startSession(at, by);
    exchange(addSeconds(at, random.between(0.1, 0.6)));
  }

  function startSession(at: Instant, by: string): void {
    write(addSeconds(at, -beat), 'sign_in.succeeded', { amr: ['pwd'] }, drawUuid(random));
    mfaAt = undefined;
    session = {
      sessionId: drawSessionId(random),
      accountId,
      clientIds: [],
      startedAt: at,
      lastActivityAt: at,
    };
    family = undefined;
    const moment = formatInstant(at);
    write(addSeconds(at, beat), 'session.started', { started_at: moment, active_at: moment }, by);
    const { mfa } = ofSession({ clientIds: [clientId] });
    if (mfa.value === 'always') proveFactor(addSeconds(at, 2 * beat));
    if (!hasConsented) consent(addSeconds(at, 3 * beat));
  }

  function consent(at: Instant): void {
    hasConsented = true;
    if (session) move(session, at, 0);
    write(at, 'consent.granted', { openid: scopes, resources: {} }, drawUuid(random));
  }

  function proveFactor(at: Instant): void {
    const isFirst = factorId === undefined;
    factorId ??= drawUuid(random);
    mfaAt = at;
    if (session) move(session, at, 0);
    const told = { method: 'otp', factor_id: factorId };
    write(at, isFirst ? 'factor.enrolled' : 'mfa.passed', told, drawUuid(random));
  }

  function exchange(at: Instant): void {
    if (!session) return;
    if (!session.clientIds.includes(clientId)) session.clientIds = [...session.clientIds, clientId];
    const { sessionId, lastActivityAt } = session;
    family = {
      familyId: drawUuid(random),
      accountId,
      clientId,
      sessionId,
      bound: true,
      scopes,
      resources: [],
      startedAt: at,
      lastActivityAt,
      ...(mfaAt === undefined ? {} : { mfaAt }),
    };
    tokenEndAt = addSeconds(at, limits.family.access_token_ttl.value);
    const told = { bound: true, active_at: formatInstant(lastActivityAt), scopes, resources: [] };
    write(at, 'code.exchanged', told, drawUuid(random));
  }

  return {
    refresh,
    signIn,
    sweep,
    isTokenOver: (at) => at >= tokenEndAt,
    signOut(at) {
      sweep(at);
      if (session && !session.end) endSession({ reason: 'signed_out', at }, at, drawUuid(random));
    },
  };
}

/** The request that did it, or nobody's. */
type Asking = string;

/** Between two events of one request, in seconds. */
const beat = 0.004;
const nothing = { clientIds: [] };

function move(facts: SessionFacts | FamilyFacts, at: Instant, inactiveFor: number | undefined): void {
  if (inactiveFor === undefined) return;
  facts.lastActivityAt = Math.max(facts.lastActivityAt, addSeconds(at, -inactiveFor));
}
