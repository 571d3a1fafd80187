import { describeDuration } from '../../domain/durations.ts';
import type { OutboxFacts } from '../../store/undelivered_notices.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

/** In seconds: a server takes what is due within moments, however many there are. */
const longestOverdue = 300;
/** A receiver that fails is tried for a day; for so long it may be down without anybody being told. */
const longestWait = 900;

const { good, warning, wrong } = findingsOf('outbox');

/** Notices to apps, event streams and people. `isIdle`: no server is meant to run now. */
export function checkOutbox(
  { waiting, oldestSeconds, overdue, overdueSeconds, dead }: OutboxFacts,
  { isIdle }: { isIdle: boolean },
): Finding[] {
  const found: Finding[] = [];
  if (overdue > 0 && overdueSeconds > longestOverdue) {
    const message = `${overdue} notices have been due for ${describe(overdueSeconds)}, and nobody delivers them.`;
    found.push(
      isIdle
        ? warning(message, 'The next start does.')
        : wrong(message, 'Start a server, or see the logs of those that run.'),
    );
  } else if (waiting > 0 && oldestSeconds > longestWait) {
    const message = `The oldest of ${waiting} notices has waited for ${describe(oldestSeconds)}.`;
    found.push(warning(message, 'Its receiver fails, or is paused: see curfew notice list.'));
  }
  if (dead > 0)
    found.push(
      warning(
        `${dead} notices were given up.`,
        'See curfew notice list --dead, then curfew notice replay; they stay until then.',
      ),
    );
  if (found.length > 0) return found;
  return [good(waiting === 0 ? 'Everything is delivered.' : `${waiting} notices are on their way.`)];
}

const describe = (seconds: number): string => describeDuration(Math.floor(seconds), 1);
