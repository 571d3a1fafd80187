import type { FamilyFacts } from '../domain/facts.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Instant } from '../domain/instants.ts';
import { evaluateFamily, evaluateSession } from '../policy/evaluate_lifetime.ts';
import type { Lifetime } from '../policy/evaluate_lifetime.ts';
import { familyLease } from '../policy/family_lease.ts';
import type { LeaseInForce } from '../policy/family_lease.ts';
import { familyLimits, sessionLimits } from '../policy/subject_limits.ts';
import type { Database } from '../store/database.ts';
import { listOwnOfflineFamilies, listOwnSessions } from '../store/own_access.ts';
import { describeDevice } from '../http/describe_device.ts';
import { describeFuture, describePast } from '../http/describe_moment.ts';
import type { Visit } from '../domain/visit.ts';
import type { AccessTimes, AppAccess, AppProps, SessionProps } from '../../views/account_sessions.ts';

export interface Access {
  /** The visitor's own. */
  current: SessionProps | undefined;
  /** The others, the most recently active first. */
  others: SessionProps[];
  /** Apps with access while nobody is signed in, by name. */
  apps: AppProps[];
}

/** All that is signed in to the visitor's account and alive by the limits in force. */
export async function listAccess(database: Database, visit: Visit): Promise<Access> {
  const { accountId, session: own, roles, configuration, now } = visit;
  const sessions = (await listOwnSessions(database, accountId))
    .toSorted((a, b) => b.session.lastActivityAt - a.session.lastActivityAt)
    .flatMap(({ session, from }) => {
      const { sessionId, clientIds } = session;
      const limits = sessionLimits(configuration, session, roles);
      const times = describeTimes(session, evaluateSession(session, limits, now), now);
      if (!times) return [];
      const names = clientIds.flatMap((clientId) => findClientName(configuration, clientId) ?? []);
      const apps = names.toSorted((a, b) => a.localeCompare(b, 'en'));
      return [{ sessionId, device: describeDevice(from), address: from.address, apps, ...times }];
    });
  return {
    current: sessions.find(({ sessionId }) => sessionId === own.sessionId),
    others: sessions.filter(({ sessionId }) => sessionId !== own.sessionId),
    apps: await listApps(database, visit),
  };
}

async function listApps(
  database: Database,
  { accountId, roles, configuration, now }: Visit,
): Promise<AppProps[]> {
  // Offline families hang on no session.
  const bond = { session: undefined, limits: sessionLimits(configuration, { clientIds: [] }, roles) };
  const alive = (await listOwnOfflineFamilies(database, accountId))
    .toSorted((a, b) => b.family.lastActivityAt - a.family.lastActivityAt)
    .flatMap(({ family, from }) => {
      const limits = familyLimits(configuration, family, roles);
      const times = describeTimes(family, evaluateFamily(family, limits, bond, now), now);
      if (!times) return [];
      const access = {
        device: describeDevice(from),
        address: from.address,
        lease: describeLease(family, familyLease(family, limits), now),
        ...times,
      };
      return [{ clientId: family.clientId, access }];
    });
  return [...new Set(alive.map(({ clientId }) => clientId))]
    .map((clientId) => ({
      clientId,
      name: findClientName(configuration, clientId) ?? clientId,
      accesses: alive.filter((one) => one.clientId === clientId).map(({ access }) => access),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** undefined: there is none, or it is over. */
function describeLease(
  { lease }: FamilyFacts,
  inForce: LeaseInForce | undefined,
  now: Instant,
): AppAccess['lease'] {
  if (!lease || !inForce || inForce.endAt <= now) return undefined;
  return { purpose: lease.purpose, end: describeFuture(inForce.endAt, now) };
}

/** undefined: it is over. */
function describeTimes(
  { startedAt, lastActivityAt }: { startedAt: Instant; lastActivityAt: Instant },
  life: Lifetime,
  now: Instant,
): AccessTimes | undefined {
  if (life.over) return undefined;
  return {
    started: describePast(startedAt, now),
    lastActive: describePast(lastActivityAt, now),
    idleEnd: describeFuture(life.idleEndAt, now),
    absoluteEnd: describeFuture(life.absoluteEndAt, now),
  };
}

/** undefined for what is no configured client (any more). */
export function findClientName(configuration: Configuration, clientId: string): string | undefined {
  const client = configuration.clients.get(clientId);
  const name = client?.metadata.client_name;
  return typeof name === 'string' ? name : client?.clientId;
}
