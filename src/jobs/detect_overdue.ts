import { confirmFindings } from '../controls/confirm_findings.ts';
import { lookAgainAtAll, lookForOverdue } from '../controls/look_for_overdue.ts';
import { recordEvent } from '../events/record_event.ts';
import type { Database } from '../store/database.ts';

/**
 * The detective control: every `period` seconds, on one instance, it looks for what lives past its limit; at every
 * call it looks again at what was noted, and tells of what still does. A finding is told of once.
 */
export async function detectOverdue(
  database: Database,
  { period, signal }: { period: number; signal?: AbortSignal },
): Promise<void> {
  await lookForOverdue(database, period, signal);
  await lookAgainAtAll(database);
  while (await tellConfirmed(database)) if (signal?.aborted) return;
}

async function tellConfirmed(database: Database): Promise<boolean> {
  return await database.transaction(async (tx) => {
    const confirmed = await confirmFindings(tx);
    for (const { kind, count, ids } of confirmed)
      await recordEvent(tx, 'control.failed', {}, { actor: 'control' }, { kind, count, ids });
    return confirmed.length > 0;
  });
}
