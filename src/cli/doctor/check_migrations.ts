import { findingsOf } from './finding.ts';
import type { Finding } from './finding.ts';

const { good, warning, wrong } = findingsOf('migrations');

/** By name, in their order: those that this program has and the database lacks, and the other way round. */
export function checkMigrations({
  missing,
  unknown,
}: {
  missing: readonly string[];
  unknown: readonly string[];
}): Finding[] {
  const found: Finding[] = [];
  if (missing.length > 0)
    found.push(
      wrong(
        `${missing.length} are not applied: ${name(missing)}.`,
        'Run curfew migrate, with CURFEW_MIGRATE_DATABASE_URL for the owner of the tables.',
      ),
    );
  if (unknown.length > 0)
    found.push(
      warning(
        `${unknown.length} are newer than this version: ${name(unknown)}.`,
        'A newer version has migrated already: replace this one.',
      ),
    );
  return found.length > 0 ? found : [good('All are applied.')];
}

function name(migrations: readonly string[]): string {
  const [first, ...others] = migrations;
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`;
}
