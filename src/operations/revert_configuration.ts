import { randomBytes } from 'node:crypto';
import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { desirePastConfiguration } from '../policy/desire_past_configuration.ts';
import type { Unrestored } from '../policy/desire_past_configuration.ts';
import { setClientDisabled } from '../store/clients.ts';
import { findConfigurationAt, findVersionRange } from '../store/configuration_history.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import type { Queryable } from '../store/database.ts';
import { applyConfiguration } from './apply_configuration.ts';
import type { AppliedConfiguration } from './apply_configuration.ts';

export interface RevertedConfiguration extends AppliedConfiguration {
  unrestored: Unrestored[];
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
  { origin, message }: { origin: Origin; message?: string | undefined },
): Promise<RevertedConfiguration> {
  const { version: standing } = await lockConfiguration(tx);
  const [now, past] = [await findConfigurationAt(tx, standing), await findConfigurationAt(tx, version)];
  if (!now || !past) {
    const { first, last } = await findVersionRange(tx);
    throw new Problem(
      'version_unknown',
      `There is no version ${version}: the history has ${first} to ${last}.`,
    );
  }
  const { desired, unrestored, disabled } = desirePastConfiguration(now, past);
  for (const { clientId, what } of unrestored) {
    const client = desired.clients.get(clientId);
    if (client && what === 'secret_lost')
      desired.clients.set(clientId, { ...client, secretHash: randomBytes(digestBytes) });
  }
  const applied = await applyConfiguration(tx, desired, { origin, message, revertsTo: version });
  for (const clientId of disabled) await setClientDisabled(tx, clientId, true);
  return { ...applied, unrestored };
}
