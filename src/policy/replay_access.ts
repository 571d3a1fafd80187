import type { Configuration } from '../domain/configuration.ts';
import type { End, FamilyFacts, SessionFacts } from '../domain/facts.ts';
import { addSeconds } from '../domain/instants.ts';
import type { Instant } from '../domain/instants.ts';
import type { Lease } from '../domain/leases.ts';
import type { EffectiveLimits } from '../domain/policies.ts';
import { evaluateFamily, evaluateSession } from './evaluate_lifetime.ts';
import { familyLimits, sessionLimits } from './subject_limits.ts';

/** A session or family of the past, and what became of it in the replay and in truth. */
export interface Replayed {
  of: 'session' | 'family';
  id: string;
  accountId: string;
  roles: readonly string[];
  clientIds: readonly string[];
  /** In the replay; undefined: it was still alive when it ended in truth, or at the end of the trail. */
  replayed: End | undefined;
  /** In truth; undefined: it is alive at the end of the trail. */
  recorded: End | undefined;
  /** The last activity after its end in the replay: what would have been refused. */
  usedAt: Instant | undefined;
}

/** Beside the facts: what is worked out of them. Millions are followed, so each is one object of one shape. */
interface Judged {
  /** As they hold now; forgotten when what they rest on changes. */
  limits: EffectiveLimits | undefined;
  /** Under these limits it is alive at least until then: activity only moves on. */
  aliveUntil: Instant;
  usedAt: Instant | undefined;
}

interface Session extends SessionFacts, Judged {
  /** Those bound to it that are not done with. */
  families: readonly Family[];
  /** Until then neither it nor any of those ends. */
  allAliveUntil: Instant;
}

interface Family extends FamilyFacts, Judged {
  /** Of a bound one, until that is done with. */
  session: Session | undefined;
}

type Subject = Session | Family;

// Written out, field by field: what is spread together is slow to come to, and many times as large.
const beginSession = ({ sessionId, accountId, startedAt, lastActivityAt }: Beginning): Session => ({
  sessionId,
  accountId,
  clientIds: [],
  startedAt,
  lastActivityAt,
  limits: undefined,
  aliveUntil: -Infinity,
  allAliveUntil: -Infinity,
  usedAt: undefined,
  families: [],
});

const beginFamily = (facts: FamilyFacts, session: Session | undefined): Family => ({
  familyId: facts.familyId,
  accountId: facts.accountId,
  clientId: facts.clientId,
  sessionId: facts.sessionId,
  bound: facts.bound,
  scopes: facts.scopes,
  resources: facts.resources,
  startedAt: facts.startedAt,
  lastActivityAt: facts.lastActivityAt,
  limits: undefined,
  aliveUntil: -Infinity,
  usedAt: undefined,
  session: facts.bound ? session : undefined,
});

type Beginning = Pick<SessionFacts, 'sessionId' | 'accountId' | 'startedAt' | 'lastActivityAt'>;

/** What moves a clock: when, of whom, and how long ago the person was there; undefined: it was no activity. */
export interface Activity {
  at: Instant;
  inactiveFor: number | undefined;
}

export interface Replay {
  /** From `at` on these limits hold; what is over by then ends under the old ones. */
  useConfiguration(configuration: Configuration, at: Instant): void;
  useRoles(accountId: string, roles: readonly string[], at: Instant): void;
  /** A session begins, or is begun anew by a full sign-in. */
  startSession(session: Beginning): void;
  startFamily(family: FamilyFacts): void;
  leaseFamily(familyId: string, lease: Lease): void;
  touchSession(sessionId: string, activity: Activity): void;
  /** A refresh; a bound family moves its session too. */
  touchFamily(familyId: string, own: Activity, session: Activity): void;
  /** What ended in truth: a cause other than a limit ends it in the replay too, if it is still alive. */
  endSession(sessionId: string, recorded: End, at: Instant): void;
  endFamily(familyId: string, recorded: End, at: Instant): void;
  /** The trail is over: what is open is looked at for the last time. */
  finish(at: Instant): void;
}

const limitReasons = new Set(['idle_timeout', 'absolute_timeout', 'lease_over']);

/**
 * Live through recorded activity again under a configuration. The same functions decide as at the gate
 * and in the sweeper; each session and family is handed to `onDone` once. What began before the trail
 * does is not known, and left out. Holds no more than what is open at once.
 */
export function createReplay(
  first: Configuration,
  rolesOf: (accountId: string) => readonly string[],
  onDone: (done: Replayed) => void,
): Replay {
  let configuration = first;
  const roles = new Map<string, readonly string[]>();
  const sessions = new Map<string, Session>();
  const families = new Map<string, Family>();
  /** What is open of each account. */
  const openOf = new Map<string, Set<string>>();

  const rolesNow = (accountId: string) => roles.get(accountId) ?? rolesOf(accountId);

  /** Whether a session is over at `at`; from then on it stays so. */
  function judgeSession(session: Session, at: Instant): void {
    if (session.end || at < session.aliveUntil) return;
    const life = evaluateSession(session, limitsOfSession(session), at);
    if (life.over) session.end = life.end;
    else session.aliveUntil = life.idleEndAt;
  }

  function limitsOfSession(session: Session): EffectiveLimits {
    return (session.limits ??= sessionLimits(configuration, session, rolesNow(session.accountId)));
  }

  function judgeFamily(family: Family, at: Instant): void {
    if (family.end || at < family.aliveUntil) return;
    const { session } = family;
    const own = (family.limits ??= familyLimits(configuration, family, rolesNow(family.accountId)));
    const bond = { session, limits: session ? limitsOfSession(session) : own };
    const life = evaluateFamily(family, own, bond, at);
    if (life.over) family.end = life.end;
    else family.aliveUntil = life.idleEndAt;
  }

  /** Before a session's clock moves, what hangs on it is looked at: it would come to life again. */
  function judgeWithFamilies(session: Session, at: Instant): void {
    if (at < session.allAliveUntil) return;
    for (const family of session.families) judgeFamily(family, at);
    judgeSession(session, at);
    let until = session.end ? Infinity : session.aliveUntil;
    for (const family of session.families) if (!family.end) until = Math.min(until, family.aliveUntil);
    session.allAliveUntil = until;
  }

  /** What their life hangs on has changed. */
  function doubtFamilies(session: Session): void {
    session.allAliveUntil = -Infinity;
    for (const family of session.families) family.aliveUntil = -Infinity;
  }

  function judgeAll(at: Instant): void {
    for (const family of families.values()) judgeFamily(family, at);
    for (const session of sessions.values()) judgeSession(session, at);
  }

  function judgeAccount(accountId: string, at: Instant): void {
    const open = [...(openOf.get(accountId) ?? [])];
    for (const family of open.flatMap((id) => families.get(id) ?? [])) judgeFamily(family, at);
    for (const session of open.flatMap((id) => sessions.get(id) ?? [])) judgeSession(session, at);
  }

  function noteOpen(accountId: string, id: string): void {
    openOf.set(accountId, (openOf.get(accountId) ?? new Set()).add(id));
  }

  function forget(accountId: string, id: string): void {
    const open = openOf.get(accountId);
    open?.delete(id);
    if (open?.size === 0) openOf.delete(accountId);
  }

  function move(subject: Subject, { at, inactiveFor }: Activity): void {
    if (subject.end) subject.usedAt = at;
    else if (inactiveFor !== undefined) {
      const activeAt = addSeconds(at, -inactiveFor);
      if (activeAt > subject.lastActivityAt) subject.lastActivityAt = activeAt;
    }
  }

  function tell(of: Replayed['of'], id: string, subject: Subject, recorded: End | undefined): void {
    const clientIds = 'clientId' in subject ? [subject.clientId] : subject.clientIds;
    const { accountId, end: replayed, usedAt } = subject;
    onDone({ of, id, accountId, roles: rolesNow(accountId), clientIds, replayed, recorded, usedAt });
  }

  function endWith(subject: Subject, recorded: End): void {
    if (!subject.end && !limitReasons.has(recorded.reason)) subject.end = recorded;
  }

  return {
    useConfiguration(next, at) {
      judgeAll(at);
      configuration = next;
      for (const family of families.values()) forgetLimits(family);
      for (const session of sessions.values()) forgetLimits(session);
    },
    useRoles(accountId, next, at) {
      judgeAccount(accountId, at);
      roles.set(accountId, next);
      for (const id of openOf.get(accountId) ?? []) {
        const subject = families.get(id) ?? sessions.get(id);
        if (subject) forgetLimits(subject);
      }
    },
    startSession({ sessionId, accountId, startedAt, lastActivityAt }) {
      const known = sessions.get(sessionId);
      if (!known) {
        sessions.set(sessionId, beginSession({ sessionId, accountId, startedAt, lastActivityAt }));
        noteOpen(accountId, sessionId);
        return;
      }
      judgeWithFamilies(known, startedAt);
      if (known.end) known.usedAt = startedAt;
      else {
        known.startedAt = startedAt;
        known.lastActivityAt = Math.max(known.lastActivityAt, lastActivityAt);
      }
    },
    startFamily(facts) {
      const session = sessions.get(facts.sessionId);
      if (facts.bound && !session) return;
      const family = beginFamily(facts, session);
      families.set(facts.familyId, family);
      noteOpen(facts.accountId, facts.familyId);
      if (!session) return;
      // The code tells of activity that no other event may have told of: a step-up, a page that was answered.
      judgeWithFamilies(session, facts.lastActivityAt);
      move(session, { at: facts.lastActivityAt, inactiveFor: 0 });
      judgeWithFamilies(session, facts.startedAt);
      if (!session.clientIds.includes(facts.clientId)) {
        session.clientIds = [...session.clientIds, facts.clientId];
        forgetLimits(session);
        doubtFamilies(session);
      }
      if (!facts.bound) return;
      session.families = [...session.families, family];
      session.allAliveUntil = -Infinity;
    },
    leaseFamily(familyId, lease) {
      const family = families.get(familyId);
      if (family) family.lease = lease;
    },
    touchSession(sessionId, activity) {
      const session = sessions.get(sessionId);
      if (!session) return;
      judgeWithFamilies(session, activity.at);
      move(session, activity);
    },
    touchFamily(familyId, own, ofSession) {
      const family = families.get(familyId);
      if (!family) return;
      const { session } = family;
      if (session) judgeWithFamilies(session, own.at);
      else judgeFamily(family, own.at);
      const isRefused = family.end !== undefined;
      move(family, own);
      if (session && (!isRefused || session.end)) move(session, ofSession);
    },
    endFamily(familyId, recorded, at) {
      const family = families.get(familyId);
      if (!family) return;
      judgeFamily(family, at);
      endWith(family, recorded);
      tell('family', familyId, family, recorded);
      families.delete(familyId);
      forget(family.accountId, familyId);
      const { session } = family;
      if (session) session.families = session.families.filter((other) => other !== family);
    },
    endSession(sessionId, recorded, at) {
      const session = sessions.get(sessionId);
      if (!session) return;
      judgeSession(session, at);
      endWith(session, recorded);
      tell('session', sessionId, session, recorded);
      sessions.delete(sessionId);
      forget(session.accountId, sessionId);
      doubtFamilies(session);
      for (const family of session.families) family.session = undefined;
    },
    finish(at) {
      judgeAll(at);
      for (const [id, family] of families) tell('family', id, family, undefined);
      for (const [id, session] of sessions) tell('session', id, session, undefined);
      families.clear();
      sessions.clear();
    },
  };
}

/** A bound family is judged with its session. */
function forgetLimits(subject: Subject): void {
  subject.limits = undefined;
  subject.aliveUntil = -Infinity;
  const session = 'families' in subject ? subject : subject.session;
  if (session) session.allAliveUntil = -Infinity;
}
