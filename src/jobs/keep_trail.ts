import type { Logger } from 'pino';
import { defaultAuditRetention } from '../domain/configuration.ts';
import type { Configuration } from '../domain/configuration.ts';
import { dropMonth, eraseFromTrail, listErasable } from '../store/audit_seals.ts';
import type { Database } from '../store/database.ts';

/** Drop the months of the trail that the retention no longer keeps. One whose rows and seals disagree stays, and is logged. */
export async function dropOldMonths(
  database: Database,
  { audit }: Pick<Configuration, 'audit'>,
  log: Logger,
): Promise<void> {
  let months;
  do {
    months = await dropMonth(database, audit?.retention ?? defaultAuditRetention);
    for (const { month } of months.filter(({ dropped }) => dropped)) {
      log.info({ month }, 'month of the trail dropped');
    }
  } while (months.some(({ dropped }) => dropped));
  for (const { month } of months) {
    log.error({ month }, 'month of the trail kept: its events and seals disagree, see curfew audit verify');
  }
}

/** Erase deleted accounts once more from the events that came after their erasure. */
export async function eraseLateEvents(database: Database): Promise<void> {
  for (const accountId of await listErasable(database)) {
    await database.transaction((tx) => eraseFromTrail(tx, accountId));
  }
}
