import type { Configuration } from '../domain/configuration.ts';
import type { Difference } from './compare_configurations.ts';

/**
 * Whether a difference to `current` can make the limits of anything shorter or longer: policies do, and what names
 * one. An app that is added without a policy, or redirects elsewhere, does not.
 */
export function touchesLimits(current: Configuration, { section, name, kind, fields }: Difference): boolean {
  switch (section) {
    case 'policies':
      return true;
    case 'roles':
    case 'scopes':
    case 'resources':
    case 'clients':
      if (kind === 'removed') return current[section].get(name)?.policy !== undefined;
      return fields.some(({ field }) => field === 'policy');
    default:
      return false;
  }
}
