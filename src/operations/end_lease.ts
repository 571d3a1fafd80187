import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problems.ts';
import { isUuid } from '../domain/uuid.ts';
import type { Queryable } from '../store/database.ts';
import { listLiveFamilies } from '../store/live_access.ts';
import { endByOperator } from './end_by_operator.ts';

/** End a lease with its family. Returns what ended. Throws Problem `session_unknown` where none is open. */
export async function endLease(
  tx: Queryable,
  configuration: Configuration,
  familyId: string,
  origin: Origin,
): Promise<{ sessions: number; families: number }> {
  const [found] = isUuid(familyId) ? await listLiveFamilies(tx, { id: familyId, most: 1 }) : [];
  if (!found?.family.lease)
    throw new Problem('session_unknown', `There is no lease ${familyId}, or it has ended.`);
  return await endByOperator(tx, configuration, familyId, origin);
}
