import type { Unrestored } from '../policy/desire_past_configuration.ts';
import type { ConfigurationWarning } from '../policy/list_configuration_warnings.ts';

/** What a revert leaves as it is, for people. */
export function describeUnrestored(unrestored: readonly Unrestored[]): ConfigurationWarning[] {
  return unrestored.map(({ clientId, what, since }) => ({
    path: `clients.${clientId}`,
    message:
      what === 'secret_lost'
        ? 'comes back without its secret, which nobody kept: until it is given a new one, nothing that it proves is accepted'
        : `keeps the secret that version ${since} set, which is not the one of then`,
  }));
}
