import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

export interface SealedFacts {
  /** As `table.column`. */
  name: string;
  /** Values that the first secret has sealed, that another given one has, and that none has. */
  newest: number;
  older: number;
  unknown: number;
  /** Values that a given secret has sealed and does not open: they were altered. Not counted in large tables. */
  broken: number;
}

const { good, warning, wrong } = findingsOf('secrets');

/** What is encrypted at rest, against `CURFEW_SECRET`; undefined: it is not given. */
export function checkSecrets(columns: readonly SealedFacts[] | undefined): Finding[] {
  if (!columns)
    return [
      warning('They are not looked at: CURFEW_SECRET is missing.', 'Give the one that the servers have.'),
    ];
  const found: Finding[] = [];
  for (const { name, older, unknown, broken } of columns) {
    if (unknown > 0)
      found.push(
        wrong(
          `${unknown} values of ${name} open with none of CURFEW_SECRET.`,
          'Put the secret that they were encrypted with behind the first one, after a comma.',
        ),
      );
    if (broken > 0)
      found.push(wrong(`${broken} values of ${name} were altered.`, 'Restore them from a backup.'));
    if (older > 0)
      found.push(
        warning(
          `${older} values of ${name} are kept under an older secret.`,
          'Run curfew keys rotate --at-rest before you drop that one.',
        ),
      );
  }
  if (found.length > 0) return found;
  const total = columns.reduce((sum, { newest }) => sum + newest, 0);
  return [good(`The first CURFEW_SECRET opens all ${total} values that are encrypted.`)];
}
