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

interface Subject<Facts> {
  facts: Facts;
  /** As they hold now; forgotten when what they rest on changes. */
  limits?: EffectiveLimits | undefined;
  /** Under these limits it is alive at least until then: activity only moves on. */
  aliveUntil?: Instant | undefined;
  usedAt?: Instant | undefined;
}

interface Session extends Subject<SessionFacts> {
  /** Those bound to it that are not done with. */
  families: readonly Family[];
}

interface Family extends Subject<FamilyFacts> {
  /** Of a bound one, until that is done with. */
  session?: Session | undefined;
}

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
  startSession(session: Pick<SessionFacts, 'sessionId' | 'accountId' | 'startedAt' | 'lastActivityAt'>): void;
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
    if (session.facts.end || isSurelyAlive(session, at)) return;
    const life = evaluateSession(session.facts, limitsOfSession(session), at);
    if (life.over) session.facts.end = life.end;
    else session.aliveUntil = life.idleEndAt;
  }

  function limitsOfSession(session: Session): EffectiveLimits {
    const { facts } = session;
    return (session.limits ??= sessionLimits(configuration, facts, rolesNow(facts.accountId)));
  }

  function judgeFamily(family: Family, at: Instant): void {
    const { facts, session } = family;
    if (facts.end || isSurelyAlive(family, at)) return;
    const own = (family.limits ??= familyLimits(configuration, facts, rolesNow(facts.accountId)));
    const bond = { session: session?.facts, limits: session ? limitsOfSession(session) : own };
    const life = evaluateFamily(facts, own, bond, at);
    if (life.over) facts.end = life.end;
    else family.aliveUntil = life.idleEndAt;
  }

  /** Before a session's clock moves, what hangs on it is looked at: it would come to life again. */
  function judgeWithFamilies(session: Session, at: Instant): void {
    for (const family of session.families) judgeFamily(family, at);
    judgeSession(session, at);
  }

  /** What their life hangs on has changed. */
  function doubtFamilies({ families: bound }: Session): void {
    for (const family of bound) family.aliveUntil = undefined;
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

  function move(subject: Subject<SessionFacts | FamilyFacts>, { at, inactiveFor }: Activity): void {
    if (subject.facts.end) subject.usedAt = at;
    else if (inactiveFor !== undefined) {
      subject.facts.lastActivityAt = Math.max(subject.facts.lastActivityAt, addSeconds(at, -inactiveFor));
    }
  }

  function tell(
    of: Replayed['of'],
    id: string,
    { facts, usedAt }: Subject<SessionFacts | FamilyFacts>,
    recorded: End | undefined,
  ): void {
    const clientIds = 'clientId' in facts ? [facts.clientId] : facts.clientIds;
    const { accountId, end: replayed } = facts;
    onDone({ of, id, accountId, roles: rolesNow(accountId), clientIds, replayed, recorded, usedAt });
  }

  function endWith(subject: Subject<SessionFacts | FamilyFacts>, recorded: End): void {
    if (!subject.facts.end && !limitReasons.has(recorded.reason)) subject.facts.end = recorded;
  }

  return {
    useConfiguration(next, at) {
      judgeAll(at);
      configuration = next;
      for (const subject of [...families.values(), ...sessions.values()]) forgetLimits(subject);
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
        const facts = { sessionId, accountId, clientIds: [], startedAt, lastActivityAt };
        sessions.set(sessionId, { facts, families: [] });
        noteOpen(accountId, sessionId);
        return;
      }
      judgeWithFamilies(known, startedAt);
      if (known.facts.end) known.usedAt = startedAt;
      else
        Object.assign(known.facts, {
          startedAt,
          lastActivityAt: Math.max(known.facts.lastActivityAt, lastActivityAt),
        });
    },
    startFamily(facts) {
      const session = sessions.get(facts.sessionId);
      if (facts.bound && !session) return;
      const family: Family = { facts, session: facts.bound ? session : undefined };
      families.set(facts.familyId, family);
      noteOpen(facts.accountId, facts.familyId);
      if (!session) return;
      // The code tells of activity that no other event may have told of: a step-up, a page that was answered.
      judgeWithFamilies(session, facts.lastActivityAt);
      move(session, { at: facts.lastActivityAt, inactiveFor: 0 });
      judgeWithFamilies(session, facts.startedAt);
      if (!session.facts.clientIds.includes(facts.clientId)) {
        session.facts.clientIds = [...session.facts.clientIds, facts.clientId];
        forgetLimits(session);
        doubtFamilies(session);
      }
      if (facts.bound) session.families = [...session.families, family];
    },
    leaseFamily(familyId, lease) {
      const family = families.get(familyId);
      if (family) family.facts.lease = lease;
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
      const isRefused = family.facts.end !== undefined;
      move(family, own);
      if (session && (!isRefused || session.facts.end)) move(session, ofSession);
    },
    endFamily(familyId, recorded, at) {
      const family = families.get(familyId);
      if (!family) return;
      judgeFamily(family, at);
      endWith(family, recorded);
      tell('family', familyId, family, recorded);
      families.delete(familyId);
      forget(family.facts.accountId, familyId);
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
      forget(session.facts.accountId, sessionId);
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

const isSurelyAlive = ({ aliveUntil }: Pick<Subject<unknown>, 'aliveUntil'>, at: Instant): boolean =>
  aliveUntil !== undefined && at < aliveUntil;

function forgetLimits(subject: Subject<unknown>): void {
  subject.limits = undefined;
  subject.aliveUntil = undefined;
}
