import { deadlinesOf, endFamily, noticeBound, noticeFamily, noticeSession } from './ends.ts';
import { familySubject, hasRoleFor, limitOf, mfaAgeFor, proofOf, sessionSubject } from './limits.ts';
import { noteFamily, second } from './world.ts';
import type { End, Family, Rotation, Token, World } from './world.ts';

export interface RefreshRequest {
  /** undefined: a token that nobody ever issued. */
  token: Token | undefined;
  client: string;
  /** The key of the DPoP proof. */
  key?: string | undefined;
  scopes?: string[] | undefined;
  resource?: string | undefined;
  /** As the client wrote it. */
  inactiveFor?: string | undefined;
}

/** What the client is told. */
export interface Refusal {
  error: string;
  /** The codes that its description may begin with; none: any words will do. */
  codes: string[];
  /** The limit that a trusted client learns. */
  end?: End | undefined;
}

export interface Tokens {
  scopes: string[];
  expiresIn: number;
  idleIn: number;
  absoluteIn: number;
  /** The refresh token of the answer. */
  token: Token;
}

export type Answer = { refused: Refusal } | { granted: Tokens };

const freeSeconds = 2;
const countedRetries = 5;
export const openidScopes = new Set(['openid', 'offline_access']);

/** The table of verdicts, row by row. */
export function refresh(world: World, request: RefreshRequest): Answer {
  const { token, inactiveFor } = request;
  if (inactiveFor !== undefined && !/^[0-9]{1,10}$/.test(inactiveFor)) return refuse('invalid_request');
  if (!token || isForeign(token.family, request)) return refuse('invalid_grant', ['unknown_token']);

  const { family } = token;
  const { rotation } = token;
  if (rotation && !isRetry(world, request, family, rotation)) {
    noteFamily(world, 'refresh.reuse_detected', family, {});
    endFamily(world, family, 'reuse_detected');
    return refuseFamily(world, family, 'reuse_detected');
  }
  if (family.end) return refuseEnded(world, family, family.end);

  const subject = familySubject(family);
  const asked = request.scopes?.filter((scope) => family.scopes.has(scope)) ?? [...family.scopes];
  if (limitOf(world, subject, 'mfa').value === 'always' && proofOf(world, subject, family) === undefined)
    return refuseFamily(world, family, 'mfa_required');
  const dropped = dropScopes(world, family, asked);
  const kept = asked.filter((scope) => !dropped.has(scope));
  if (dropped.size > 0 && (request.scopes || kept.length === 0)) {
    const codes = [...new Set(dropped.values())];
    const refused = refuse('invalid_scope', codes);
    noteFamily(world, 'refresh.refused', family, { code: codes });
    return refused;
  }
  if (request.scopes?.some((scope) => !family.scopes.has(scope))) return refuse('invalid_scope');
  const resource = targetOf(family, request);
  if (resource === 'none of them') return refuse('invalid_target');

  const successor = rotate(world, request, token);
  const names = [...dropped.keys()];
  const detail = {
    ...(kept.length < family.scopes.size ? { scopes: kept } : {}),
    ...(names.length > 0 ? { dropped: names } : {}),
  };
  const outcome = rotation ? 'refresh.retried' : names.length > 0 ? 'refresh.downscoped' : 'refresh.granted';
  noteFamily(world, outcome, family, detail);
  return { granted: issue(world, family, successor, scopesAt(world, resource, kept)) };
}

function refuse(error: string, codes: string[] = [], end?: End): { refused: Refusal } {
  return { refused: { error, codes, end } };
}

function refuseFamily(world: World, family: Family, code: string, end?: End): Answer {
  noteFamily(world, 'refresh.refused', family, { code: [code] });
  return refuse('invalid_grant', [code], end);
}

/** Whoever finds a family over ends it; whoever finds its session over, that with all that is bound to it. */
function refuseEnded(world: World, family: Family, end: End): Answer {
  if (family.bound && !end.stored) noticeSession(world, family.session);
  noticeFamily(world, family);
  return refuseFamily(world, family, end.reason, end);
}

/** Row 1. */
function isForeign(family: Family, { client, key }: RefreshRequest): boolean {
  return family.client !== client || (family.key !== undefined && family.key !== key);
}

/** Row 2: all that must hold for a rotated token to be honoured again. */
function isRetry(world: World, request: RefreshRequest, family: Family, rotation: Rotation): boolean {
  const overlap = limitOf(world, familySubject(family), 'refresh_overlap').value;
  const age = world.now - rotation.at;
  return (
    overlap > 0 &&
    age < overlap * second &&
    rotation.sealed &&
    !rotation.successor.rotation &&
    rotation.key === request.key &&
    (request.scopes ?? []).every((scope) => family.scopes.has(scope)) &&
    (age < freeSeconds * second || rotation.retries < countedRetries)
  );
}

/** Row 10: what is left out, and why. */
export function dropScopes(
  world: World,
  family: Pick<Family, 'account' | 'client' | 'resources' | 'scopes' | 'mfaAt' | 'passkeyAt'>,
  asked: string[],
): Map<string, string> {
  const dropped = new Map<string, string>();
  const subject = familySubject(family);
  const provedAt = proofOf(world, subject, family);
  for (const scope of asked) {
    const age = mfaAgeFor(world, subject, scope);
    const fresh = age === undefined || (provedAt !== undefined && world.now < provedAt + age * second);
    if (!hasRoleFor(world, family.account, scope)) dropped.set(scope, 'scope_withdrawn');
    else if (!fresh) dropped.set(scope, 'mfa_stale');
  }
  return dropped;
}

/** The resource that the access token is for; undefined: this server's own userinfo. */
function targetOf(family: Family, { resource, scopes }: RefreshRequest): string | undefined {
  const { resources } = family;
  if (resource) return resources.includes(resource) ? resource : 'none of them';
  if (scopes?.includes('openid') && scopes.every((scope) => openidScopes.has(scope))) return undefined;
  return resources.length > 1 ? 'none of them' : resources[0];
}

/** Of the scopes that passed, those that an access token for this resource carries. */
export function scopesAt(world: World, resource: string | undefined, scopes: string[]): string[] {
  return scopes.filter((scope) =>
    resource ? world.scopes.get(scope)?.resource === resource : openidScopes.has(scope),
  );
}

/** Row 11, and what row 2 does instead: the token of the answer. */
function rotate(world: World, request: RefreshRequest, token: Token): Token {
  const { family, rotation } = token;
  const said =
    request.inactiveFor === undefined ? undefined : Math.min(Number(request.inactiveFor), 2 ** 31 - 1);
  if (rotation) {
    if (world.now >= rotation.at + freeSeconds * second) rotation.retries += 1;
    if (said !== undefined && said < (rotation.inactiveFor ?? Infinity))
      moveActivity(world, family, said, said);
    return rotation.successor;
  }
  const counted = said ?? (activityRule(world, familySubject(family)) === 'reported' ? undefined : 0);
  const ofSession =
    said ?? (activityRule(world, sessionSubject(family.session)) === 'reported' ? undefined : 0);
  const sealed = limitOf(world, familySubject(family), 'refresh_overlap').value > 0;
  moveActivity(world, family, counted, counted === undefined ? undefined : ofSession);
  if (!world.clients.get(family.client)?.rotates) return token;

  const successor: Token = { family };
  family.tokens.push(successor);
  token.rotation = { at: world.now, successor, key: request.key, inactiveFor: counted, sealed, retries: 0 };
  return successor;
}

function activityRule(world: World, subject: ReturnType<typeof familySubject>): string {
  return limitOf(world, subject, 'activity').value;
}

/** Activity moves forward only; a bound family's moves its session's too. */
function moveActivity(
  world: World,
  family: Family,
  inactiveFor: number | undefined,
  sessionInactiveFor: number | undefined,
): void {
  const moved = (from: number, seconds: number | undefined) =>
    seconds === undefined ? from : Math.max(from, world.now - seconds * second);
  family.activityAt = moved(family.activityAt, inactiveFor);
  if (!family.bound || sessionInactiveFor === undefined) return;
  noticeBound(world, family.session);
  family.session.activityAt = moved(family.session.activityAt, sessionInactiveFor);
}

/** What introspection says of a token; a rotated one, and one of a family that is over, is none. */
export function inspect(world: World, { family, rotation }: Token) {
  if (family.end || rotation) return { active: false, idleIn: undefined, absoluteIn: undefined };
  return { active: true, ...secondsLeft(world, family) };
}

/** Rounded down. */
function secondsLeft(world: World, family: Family): { idleIn: number; absoluteIn: number } {
  const { idle, absolute } = deadlinesOf(world, family);
  return {
    idleIn: Math.floor((idle - world.now) / second),
    absoluteIn: Math.floor((absolute - world.now) / second),
  };
}

/** The answer of a refresh or an exchange that passed. */
export function issue(world: World, family: Family, token: Token, scopes: string[]): Tokens {
  const { absolute } = deadlinesOf(world, family);
  const ttl = limitOf(world, familySubject(family), 'access_token_ttl').value;
  const left = Math.floor(absolute / second) - Math.floor(world.now / second);
  return {
    scopes,
    expiresIn: Math.max(1, Math.min(ttl, left)),
    ...secondsLeft(world, family),
    token,
  };
}
