import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import type { Queryable } from '../store/database.ts';
import { lockOpenFamilies } from '../store/families.ts';
import { readNow } from '../store/sessions.ts';
import { endFamilies } from './end_access.ts';
import type { Cause } from './end_access.ts';

/**
 * End one family. Without a cause it ends only if a limit has passed; with one, a limit that passed
 * before is still the reason. Returns whether this call ended it.
 */
export async function endFamily(
  tx: Queryable,
  configuration: Configuration,
  familyId: string,
  cause: Cause,
  origin: Origin,
): Promise<boolean> {
  const families = await lockOpenFamilies(tx, { familyId });
  const now = await readNow(tx);
  return (await endFamilies(tx, configuration, families, { cause, now, origin })) > 0;
}
