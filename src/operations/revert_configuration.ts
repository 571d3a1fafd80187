import { randomBytes } from 'node:crypto';
import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { desirePastEntries } from '../policy/desire_past_configuration.ts';
import type { Unrestored } from '../policy/desire_past_configuration.ts';
import { setClientDisabled } from '../store/clients.ts';
import { loadConfiguration } from '../store/configuration.ts';
import { findConfigurationsBetween, findVersionRange } from '../store/configuration_history.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { applyConfiguration, mergeConfigurations } from './apply_configuration.ts';
import type { AppliedConfiguration } from './apply_configuration.ts';

export interface RevertedConfiguration extends AppliedConfiguration {
  unrestored: Unrestored[];
  /** As it is now, but for the numbers of versions. */
  next: Configuration;
}

export interface RevertOptions {
  origin: Origin;
  message?: string | undefined;
  /** What is in force, for whoever has read it in this transaction, under the lock. */
  current?: Configuration | undefined;
}

/** Bytes of a digest that no secret has: whose secret is lost proves nothing until it is given a new one. */
const digestBytes = 32;

/**
 * Make the configuration what it was in a version: like any other change, in a new version, nothing of the history
 * rewritten. Accounts are not part of it, and secrets stay as they are. Throws Problem `version_unknown`, and what
 * `applyConfiguration` does.
 */
export async function revertConfiguration(
  tx: Queryable,
  version: number,
  { origin, message, current: read }: RevertOptions,
): Promise<RevertedConfiguration> {
  const { version: standing } = await lockConfiguration(tx);
  const found = await findConfigurationsBetween(tx, { from: version, to: standing });
  if (!found) {
    const { first, last } = await findVersionRange(tx);
    throw new Problem(
      'version_unknown',
      `There is no version ${version}: the history has ${first} to ${last}.`,
    );
  }
  const current = read ?? (await loadConfiguration(tx));
  const { desired, unrestored, disabled } = desirePastEntries(current, found.after, found.before);
  for (const { clientId, what } of unrestored) {
    const client = desired.clients.get(clientId);
    if (client && what === 'secret_lost')
      desired.clients.set(clientId, { ...client, secretHash: randomBytes(digestBytes) });
  }
  const applied = await applyConfiguration(tx, desired, { origin, message, current, revertsTo: version });
  for (const clientId of disabled) await setClientDisabled(tx, clientId, true);
  return { ...applied, unrestored, next: mergeConfigurations(current, desired) };
}
