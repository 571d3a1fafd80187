import type { Configuration, DesiredConfiguration } from './configuration.ts';

/** What to want so that all becomes as it is in `configuration`: every section, but no accounts. */
export function desireConfiguration(
  configuration: Configuration,
): Required<Omit<DesiredConfiguration, 'users'>> {
  const { policies, roles, scopes, resources, clients } = configuration;
  return {
    policies,
    roles,
    scopes,
    resources,
    clients,
    deviations: configuration.deviations ?? new Map(),
    branding: configuration.branding ?? {},
    rate_limits: configuration.rateLimits ?? {},
    delivery: configuration.delivery ?? {},
    audit: configuration.audit ?? {},
    keys: configuration.keys ?? {},
  };
}
