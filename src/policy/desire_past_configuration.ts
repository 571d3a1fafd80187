import type {
  Configuration,
  DesiredClient,
  DesiredConfiguration,
  PastClient,
  PastConfiguration,
} from '../domain/configuration.ts';
import type { Deviation } from '../domain/deviations.ts';
import { desireConfiguration } from '../domain/desire_configuration.ts';

/** What of a client does not come back: nobody keeps secrets, least of all a history. */
export interface Unrestored {
  clientId: string;
  /**
   * `secret_lost`: none is stored any more, a new one is needed before the client can prove who it is.
   * `secret_kept`: another one was set since, and stays.
   */
  what: 'secret_lost' | 'secret_kept';
  /** The version that set the secret which stays. */
  since?: number;
}

export interface DesiredPast {
  /** Without the clients' disabling, which no desired configuration says. Those of `secret_lost` lack a secret. */
  desired: Required<Omit<DesiredConfiguration, 'users' | 'clients'>> & {
    clients: Map<string, DesiredClient>;
  };
  unrestored: Unrestored[];
  /** Clients that were disabled then and are not there now: they come back as they were. */
  disabled: string[];
}

/** What to want so that all becomes as it was in `past`, with the secrets that are there `now`. */
export function desirePastConfiguration(now: PastConfiguration, past: PastConfiguration): DesiredPast {
  const unrestored: Unrestored[] = [];
  const clients = new Map<string, DesiredClient>();
  for (const [clientId, { secretVersion, disabled: _, ...client }] of past.clients) {
    const fate = judgeSecret(clientId, secretVersion, now.clients.get(clientId));
    if (fate) unrestored.push(fate);
    const keepsSecret = secretVersion !== undefined && fate?.what !== 'secret_lost';
    clients.set(clientId, { ...client, ...(keepsSecret ? { keepsSecret } : {}) });
  }
  const disabled = [...past.clients.values()].filter(
    (client) => client.disabled && !now.clients.has(client.clientId),
  );
  return {
    desired: { ...desireConfiguration(past), clients },
    unrestored,
    disabled: disabled.map(({ clientId }) => clientId),
  };
}

function judgeSecret(
  clientId: string,
  then: number | undefined,
  now: PastClient | undefined,
): Unrestored | undefined {
  if (then === undefined || then === now?.secretVersion) return undefined;
  if (now?.secretVersion === undefined) return { clientId, what: 'secret_lost' };
  return { clientId, what: 'secret_kept', since: now.secretVersion };
}

/**
 * The same, where `now` and `past` have only what differs between them: all else stays what it is in `current`, object by
 * object, so that nobody need look inside.
 */
export function desirePastEntries(
  current: Configuration,
  now: PastConfiguration,
  past: PastConfiguration,
): DesiredPast {
  const { desired, ...fate } = desirePastConfiguration(now, past);
  const restore = <Value>(
    standing: ReadonlyMap<string, Value>,
    touched: ReadonlyMap<string, unknown>,
    wanted: ReadonlyMap<string, Value>,
  ): Map<string, Value> => new Map([...[...standing].filter(([name]) => !touched.has(name)), ...wanted]);
  const isTouched = (section: 'branding' | 'rateLimits' | 'delivery' | 'audit' | 'keys') =>
    Object.keys({ ...now[section], ...past[section] }).length > 0;
  const { deviations: standing = new Map<string, Deviation>() } = current;
  return {
    ...fate,
    desired: {
      policies: restore(current.policies, now.policies, past.policies),
      roles: restore(current.roles, now.roles, past.roles),
      scopes: restore(current.scopes, now.scopes, past.scopes),
      resources: restore(current.resources, now.resources, past.resources),
      clients: restore<DesiredClient>(current.clients, now.clients, desired.clients),
      deviations: restore(standing, now.deviations ?? new Map(), past.deviations ?? new Map()),
      branding: (isTouched('branding') ? past : current).branding ?? {},
      rate_limits: (isTouched('rateLimits') ? past : current).rateLimits ?? {},
      delivery: (isTouched('delivery') ? past : current).delivery ?? {},
      audit: (isTouched('audit') ? past : current).audit ?? {},
      keys: (isTouched('keys') ? past : current).keys ?? {},
    },
  };
}
