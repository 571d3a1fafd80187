import type { Configuration } from '../domain/configuration.ts';
import type { Origin } from '../domain/origin.ts';
import { readConfigurationVersion } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';
import { lockOpenFamilies } from '../store/families.ts';
import { readNow } from '../store/sessions.ts';
import { scheduleChecks } from '../store/sweep.ts';
import { endSession } from './end_session.ts';
import { nextFamilyCheck } from './next_family_check.ts';

/**
 * A session's activity is about to move: what is bound to it and over ends before, or it would live again. Of what
 * lives on it is noted when its limit passes, which the write that moves the activity asserts it has not.
 */
export async function settleSiblings(
  database: Database,
  configuration: Configuration,
  session: { sessionId: string; accountId: string },
  origin: Origin,
): Promise<void> {
  await database.transaction(async (tx) => {
    await endSession(tx, configuration, session, undefined, origin);
    const bound = await lockOpenFamilies(tx, { boundTo: [session.sessionId] });
    // Under another configuration a limit may pass sooner.
    if ((await readConfigurationVersion(tx)) !== configuration.version) return;
    const now = await readNow(tx);
    const checks = bound.flatMap((open) => {
      const at = nextFamilyCheck(configuration, open, now);
      return at === undefined ? [] : [{ id: open.family.familyId, at }];
    });
    await scheduleChecks(tx, 'families', checks);
  });
}
