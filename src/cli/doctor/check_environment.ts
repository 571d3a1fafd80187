import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

const { good, warning, wrong } = findingsOf('configuration');

/**
 * `faults` are those for any command, a line each; `serveFaults` what `curfew serve` would refuse besides, undefined
 * where it is not meant to run.
 */
export function checkEnvironment(
  faults: readonly string[],
  serveFaults: readonly string[] | undefined,
): Finding[] {
  if (faults.length > 0)
    return faults.map((fault) => wrong(fault, 'Mend the environment, or the file it names.'));
  const refused = (serveFaults ?? []).map((fault) =>
    warning(
      `curfew serve would not start with this environment: ${fault}`,
      'Run curfew doctor with all of it.',
    ),
  );
  return refused.length > 0 ? refused : [good('The environment has no faults.')];
}
