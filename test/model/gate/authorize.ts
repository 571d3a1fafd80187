import { endSession, noticeBound, noticeSession, settle } from './ends.ts';
import { hasRoleFor, limitOf, mfaAgeFor, proofOf, sessionSubject } from './limits.ts';
import type { Subject } from './limits.ts';
import { openidScopes } from './refresh.ts';
import { second } from './world.ts';
import type { Account, Code, Consent, Session, World } from './world.ts';

/** An authorization request of a browser in which one account signs in. */
export interface AuthorizationRequest {
  account: Account;
  /** The session that the browser's cookie names; it may be over. */
  session?: Session | undefined;
  client: string;
  scopes: string[];
  resources: string[];
  /** `offline_access`, with the consent that it takes. */
  offline: boolean;
  /** The user signs in again although the session lives. */
  again: boolean;
  /** No page may be shown. */
  silent: boolean;
}

export type Page = 'sign-in' | 'totp' | 'passkey' | 'consent';

/** The pages that the user meets, and where the way ends: a code, a sign-in that is refused, or an error. */
export interface Authorization {
  pages: Page[];
  outcome: { code: Code } | 'refused' | 'interaction needed';
  session?: Session | undefined;
}

/** The time step of the code that an authenticator shows. */
export function timeStepAt(now: number): number {
  return Math.floor(now / (30 * second));
}

export function authorize(world: World, request: AuthorizationRequest): Authorization {
  const { account } = request;
  if (request.session) noticeSession(world, request.session);
  const live = request.session && !request.session.end ? request.session : undefined;
  const pages = pagesOf(world, request, live);
  if (request.silent && pages.length > 0) return { pages: [], outcome: 'interaction needed', session: live };

  const { client } = request;
  if (pages.includes('sign-in')) {
    const name = account.disabled ? 'sign_in.failed' : 'sign_in.succeeded';
    world.events.push({ name, account, client });
    if (account.disabled) return { pages, outcome: 'refused', session: undefined };
  }
  const session = signIn(world, request, live, pages);
  const consent = consentOf(account, client);
  if (pages.includes('consent')) {
    for (const scope of openidOf(request)) consent.openid.add(scope);
    for (const resource of request.resources) {
      for (const scope of availableAt(world, account, resource, request.scopes)) {
        setDefault(consent.resources, resource).add(scope);
      }
    }
    session.activityAt = world.now;
    world.events.push({ name: 'consent.granted', account, client, session });
  }
  join(world, session, client);
  const scopes = [
    ...openidOf(request),
    ...request.resources.flatMap((at) => availableAt(world, account, at, request.scopes)),
  ];
  const code: Code = {
    account,
    client,
    session,
    bound: !request.offline,
    scopes: new Set(scopes),
    resources: request.resources,
    issuedAt: world.now,
    activityAt: session.activityAt,
    mfaAt: session.mfaAt,
    passkeyAt: session.passkeyAt,
    forgotten: false,
  };
  world.codes.push(code);
  return { pages, outcome: { code }, session };
}

function pagesOf(world: World, request: AuthorizationRequest, live: Session | undefined): Page[] {
  const pages: Page[] = [];
  const signsIn = !live || request.again;
  if (signsIn) pages.push('sign-in');
  if (signsIn && request.account.disabled) return pages;
  if (needsSecondFactor(world, request, live, signsIn)) pages.push(factorPage(world, request, live));
  if (needsConsent(world, request) || (pages.length === 0 && isIdleFor(world, request, live)))
    pages.push('consent');
  return pages;
}

function subjectOf(world: World, request: AuthorizationRequest, clients: Iterable<string> = []): Subject {
  const { account, client, resources } = request;
  const scopes = resources.flatMap((resource) => availableAt(world, account, resource, request.scopes));
  return { roles: account.roles, clients: [...clients, client], resources, scopes };
}

/** Everybody has an app and a passkey; a code does unless the policies want the passkey. */
function factorPage(world: World, request: AuthorizationRequest, live: Session | undefined): Page {
  const subject = subjectOf(world, request, live?.clients);
  return limitOf(world, subject, 'mfa_phishing_resistant').value ? 'passkey' : 'totp';
}

function needsSecondFactor(
  world: World,
  request: AuthorizationRequest,
  live: Session | undefined,
  signsIn: boolean,
): boolean {
  const subject = subjectOf(world, request, live?.clients);
  const mfaAt = proofOf(world, subject, live ?? {});
  const isFresh = (age: number) => mfaAt !== undefined && world.now < mfaAt + age * second;
  const isOfThisSignIn =
    mfaAt !== undefined && mfaAt >= (signsIn ? world.now : (live?.startedAt ?? world.now));
  const always = limitOf(world, subject, 'mfa').value === 'always';
  if (always && !isOfThisSignIn && !isFresh(limitOf(world, subject, 'mfa_max_age').value)) return true;
  return [...(subject.scopes ?? [])].some((scope) => {
    const age = mfaAgeFor(world, subject, scope);
    return age !== undefined && !isFresh(age);
  });
}

function needsConsent(world: World, request: AuthorizationRequest): boolean {
  const { account, client, offline } = request;
  const consent = consentOf(account, client);
  const lacksResource = request.resources.some((resource) =>
    availableAt(world, account, resource, request.scopes).some(
      (scope) => !consent.resources.get(resource)?.has(scope),
    ),
  );
  return offline || lacksResource || openidOf(request).some((scope) => !consent.openid.has(scope));
}

/** What the client would get without a page would be idle for too long at once. */
function isIdleFor(world: World, request: AuthorizationRequest, live: Session | undefined): boolean {
  if (!live) return false;
  return (
    world.now >= live.activityAt + limitOf(world, subjectOf(world, request), 'refresh_idle').value * second
  );
}

function signIn(
  world: World,
  { account }: AuthorizationRequest,
  live: Session | undefined,
  pages: Page[],
): Session {
  const { now } = world;
  const session = live ?? { account, clients: new Set(), startedAt: now, activityAt: now };
  if (live && pages.length > 0) noticeBound(world, live);
  if (pages.includes('sign-in')) {
    session.startedAt = now;
    session.activityAt = now;
    world.events.push({ name: live ? 'session.renewed' : 'session.started', account, session });
  }
  if (pages.includes('totp')) account.timeStep = timeStepAt(now);
  if (pages.includes('passkey')) session.passkeyAt = now;
  if (pages.includes('totp') || pages.includes('passkey')) {
    session.mfaAt = now;
    session.activityAt = now;
    world.events.push({ name: 'mfa.passed', account });
  }
  if (!live) world.sessions.push(session);
  return session;
}

/** A client gets a code: it is in the session from now on, which may be one too many under its limits. */
function join(world: World, session: Session, client: string): void {
  if (session.clients.has(client)) return;
  session.clients.add(client);
  const most = limitOf(world, sessionSubject(session), 'max_sessions').value;
  const others = world.sessions
    .filter((other) => other !== session && other.account === session.account && !other.end)
    .toSorted((a, b) => b.activityAt - a.activityAt);
  for (const other of others.slice(most - 1)) endSession(world, other, 'session_limit');
  settle(world);
}

function consentOf(account: Account, client: string): Consent {
  const consent = account.consents.get(client) ?? { openid: new Set(), resources: new Map() };
  account.consents.set(client, consent);
  return consent;
}

function setDefault(map: Map<string, Set<string>>, key: string): Set<string> {
  const set = map.get(key) ?? new Set();
  map.set(key, set);
  return set;
}

function openidOf({ scopes, offline }: AuthorizationRequest): string[] {
  return [...scopes.filter((scope) => openidScopes.has(scope)), ...(offline ? ['offline_access'] : [])];
}

/** The scopes that this account may have at a resource. */
function availableAt(world: World, account: Account, resource: string, scopes: string[]): string[] {
  return scopes.filter(
    (scope) => world.scopes.get(scope)?.resource === resource && hasRoleFor(world, account, scope),
  );
}

/** The user signs out in a browser. */
export function signOut(world: World, session: Session): void {
  if (session.end) noticeSession(world, session);
  else endSession(world, session, 'signed_out');
}
