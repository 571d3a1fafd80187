import { familySubject, limitOf, sessionSubject, smaller } from './limits.ts';
import { noteFamily, second } from './world.ts';
import type { Account, End, Family, Limit, Moment, Session, World } from './world.ts';

/** What will end something, and when. */
interface Candidate {
  reason: string;
  at: Moment;
  limits: Limit[];
}

export interface Deadlines {
  idle: Moment;
  absolute: Moment;
}

function sessionCandidates(world: World, session: Session): Candidate[] {
  const subject = sessionSubject(session);
  const absolute = limitOf(world, subject, 'session_absolute');
  const idle = limitOf(world, subject, 'session_idle');
  return [
    after('absolute_timeout', session.startedAt, absolute),
    after('idle_timeout', session.activityAt, idle),
  ];
}

type Mortal = Pick<
  Family,
  'account' | 'client' | 'resources' | 'scopes' | 'session' | 'bound' | 'startedAt' | 'activityAt'
>;

function familyCandidates(world: World, family: Mortal): Candidate[] {
  const subject = familySubject(family);
  const absolute = after('absolute_timeout', family.startedAt, limitOf(world, subject, 'refresh_absolute'));
  const ownIdle = limitOf(world, subject, 'refresh_idle');
  const { session } = family;
  if (!family.bound) return [absolute, after('idle_timeout', family.activityAt, ownIdle)];
  const idle = smaller(ownIdle, limitOf(world, sessionSubject(session), 'session_idle'));
  const activityAt = Math.max(family.activityAt, session.activityAt);
  const ofSession = session.end ? [session.end] : sessionCandidates(world, session);
  return [absolute, after('idle_timeout', activityAt, idle), ...ofSession];
}

function after(reason: string, from: Moment, limit: Limit): Candidate {
  return { reason, at: from + limit.value * second, limits: [limit] };
}

/** The one that comes first; of several at once the absolute one. */
function first(candidates: Candidate[]): Candidate {
  const at = Math.min(...candidates.map((candidate) => candidate.at));
  const together = candidates.filter((candidate) => candidate.at === at);
  const reason =
    together.find((candidate) => candidate.reason === 'absolute_timeout')?.reason ?? together[0]?.reason;
  const limits = together
    .filter((candidate) => candidate.reason === reason)
    .flatMap((candidate) => candidate.limits);
  return { reason: reason ?? '', at, limits };
}

function overAt(candidates: Candidate[], now: Moment): End | undefined {
  const { reason, at, limits } = first(candidates);
  return now >= at ? { reason, at, limits, stored: false } : undefined;
}

/** How a family that does not exist yet would end at once; undefined: it would live. */
export function endAtOnce(world: World, family: Mortal): End | undefined {
  return overAt(familyCandidates(world, family), world.now);
}

/** When a living family's idle and absolute limits pass, if nothing happens. */
export function deadlinesOf(world: World, family: Mortal): Deadlines {
  const candidates = familyCandidates(world, family);
  const earliest = (wanted: Candidate[]) => Math.min(...wanted.map(({ at }) => at));
  return {
    idle: earliest(candidates),
    absolute: earliest(candidates.filter(({ reason }) => reason === 'absolute_timeout')),
  };
}

/** Every moment at which something open comes to its end. */
export function listDeadlines(world: World): Moment[] {
  return [
    ...world.sessions.filter(({ end }) => !end).flatMap((session) => sessionCandidates(world, session)),
    ...world.families.filter(({ end }) => !end).flatMap((family) => familyCandidates(world, family)),
  ].map(({ at }) => at);
}

/** End whatever is over by now. It is so from its very moment on, whether or not somebody has noticed. */
export function settle(world: World): void {
  for (const session of world.sessions) session.end ??= overAt(sessionCandidates(world, session), world.now);
  for (const family of world.families) family.end ??= overAt(familyCandidates(world, family), world.now);
}

/** A family ends now for a reason, unless it is over already; either way somebody has noticed. */
export function endFamily(world: World, family: Family, reason: string): void {
  family.end ??= { reason, at: world.now, limits: [], stored: false };
  noticeFamily(world, family);
}

/** Likewise a session, and all that is bound to it with it. */
export function endSession(world: World, session: Session, reason: string): void {
  for (const family of world.families) {
    if (family.session === session && family.bound) endFamily(world, family, reason);
  }
  session.end ??= { reason, at: world.now, limits: [], stored: false };
  noticeSession(world, session);
}

/** Somebody looks at a family: if it is over, that is stored and told. */
export function noticeFamily(world: World, family: Family): void {
  if (!family.end || family.end.stored) return;
  family.end.stored = true;
  noteFamily(world, 'family.ended', family, describe(world, family.end));
}

/** Before a session moves on, whatever of it is over already is seen to be. */
export function noticeBound(world: World, session: Session): void {
  for (const family of world.families) {
    if (family.session === session && family.bound) noticeFamily(world, family);
  }
}

/** Likewise a session, with what is bound to it. */
export function noticeSession(world: World, session: Session): void {
  if (!session.end || session.end.stored) return;
  session.end.stored = true;
  noticeBound(world, session);
  const { account } = session;
  world.events.push({ name: 'session.ended', account, session, detail: describe(world, session.end) });
}

/** Somebody looks at everything, or at all of one account. */
export function noticeAll(world: World, account?: Account): void {
  const isMeant = (entry: { account: Account }) => !account || entry.account === account;
  for (const family of world.families.filter(isMeant)) noticeFamily(world, family);
  for (const session of world.sessions.filter(isMeant)) noticeSession(world, session);
}

/** Everything of an account ends, offline families too. */
export function endAccount(world: World, account: Account, reason: string): void {
  for (const family of world.families.filter((entry) => entry.account === account))
    endFamily(world, family, reason);
  for (const session of world.sessions.filter((entry) => entry.account === account))
    endSession(world, session, reason);
}

/** What an event tells of an end, without the limit: there may be several at one moment. */
function describe(world: World, { reason, at, limits }: End): Record<string, unknown> {
  const late = Math.floor((world.now - at) / 1000) / 1000;
  return { reason, ended_at: new Date(at / 1000).toISOString(), found_late_seconds: late, limits };
}
