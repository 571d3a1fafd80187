import { describeDuration } from '../../domain/durations.ts';
import type { SealingFacts } from '../../store/audit_seals.ts';
import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

/** In seconds: a server seals every second what has been written. */
const longestUnsealed = 60;

const { good, warning, wrong } = findingsOf('audit');

/** That somebody seals the trail. What was sealed is compared by `curfew audit verify`. `isIdle`: no server is meant to run now. */
export function checkAudit(
  { unsealed, oldestSeconds, sealedSeconds, isCountedAnew }: SealingFacts,
  { isIdle }: { isIdle: boolean },
): Finding[] {
  const last =
    sealedSeconds === undefined
      ? 'nothing was sealed yet'
      : `the last seal is ${describe(sealedSeconds)} old`;
  const doubt = (message: string, advice: string) =>
    isIdle ? warning(message, 'The next start seals them.') : wrong(message, advice);
  if (isCountedAnew)
    return [
      doubt(
        `The database was moved, and nobody has sealed since; ${last}.`,
        'Start a server: its first sealing looks through everything.',
      ),
    ];
  if (unsealed > 0 && oldestSeconds > longestUnsealed)
    return [
      doubt(
        `${unsealed} events are not sealed, the oldest for ${describe(oldestSeconds)}; ${last}.`,
        'Start a server, or see the logs of those that run; then curfew audit verify.',
      ),
    ];
  return [good(`${unsealed} events wait for the next seal; ${last}.`)];
}

const describe = (seconds: number): string => describeDuration(Math.floor(seconds), 1);
