import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

export interface FileFacts {
  path: string;
  /** A line each. */
  faults: readonly string[];
  warnings: readonly string[];
  /** What the file says, as one short text; undefined where it has faults. */
  digest: string | undefined;
}

export interface AppliedFileFacts {
  version: number;
  /** Of the file that was applied last, and the version which that made. */
  appliedDigest: string | null;
  appliedVersion: number | null;
}

const { good, warning, wrong } = findingsOf('configuration');

/** The file of `CURFEW_CONFIG`, against what is in force; `applied` undefined: nobody could look. */
export function checkConfigurationFile(
  { path, faults, warnings, digest }: FileFacts,
  applied: AppliedFileFacts | undefined,
): Finding[] {
  if (faults.length > 0)
    return faults.map((fault) => wrong(`${path}: ${fault}`, 'Mend the file: no server starts with it.'));
  const doubts = warnings.map((text) =>
    warning(`${path}: ${text}`, 'It is applied as it stands; see whether that is meant.'),
  );
  const difference = applied && findDifference(path, digest, applied);
  const found = difference ? [...doubts, difference] : doubts;
  return found.length > 0 ? found : [good(`${path} has no faults${applied ? ', and is in force' : ''}.`)];
}

function findDifference(
  path: string,
  digest: string | undefined,
  { version, appliedDigest, appliedVersion }: AppliedFileFacts,
): Finding | undefined {
  if (appliedDigest !== digest)
    return warning(
      `${path} is not what was applied last.`,
      `See curfew apply --dry-run ${path}; a start applies it.`,
    );
  if (version === appliedVersion) return undefined;
  return warning(
    `The configuration was changed elsewhere since ${path} was applied.`,
    'See curfew policy history; curfew export writes what is in force.',
  );
}
