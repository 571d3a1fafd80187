import type { Instant } from '../domain/instants.ts';
import { Problem } from '../domain/problems.ts';
import { compareVersions } from '../policy/compare_versions.ts';
import type { Difference } from '../policy/compare_configurations.ts';
import {
  findConfigurationsBetween,
  findVersionRange,
  listConfigurationVersions,
  listPoliciesAt,
  readConfigurationImages,
} from '../store/configuration_history.ts';
import type {
  BetweenPage,
  EntryChange,
  EntryName,
  StoredVersion,
  VersionQuestion,
} from '../store/configuration_history.ts';
import type { Queryable } from '../store/database.ts';

/** A version of the configuration: who made it, when, and what it changed. */
export interface HistoryEntry {
  version: number;
  madeAt: Instant;
  /** How it was made: `curfew apply`, `start`, `admin`, …; `unknown`: whoever did it did not say. */
  author: string;
  /** The account behind it, a pseudonym once it is deleted. */
  accountId?: string;
  username?: string;
  message?: string;
  /** The version that it re-established. */
  revertsTo?: number;
  /** How many entries it changed, of which `differences` has the first. */
  changeCount: number;
  differences: Difference[];
}

/** The versions of the configuration, the newest first; of a policy: those that changed it, with that alone. */
export async function reportHistory(db: Queryable, question: VersionQuestion): Promise<HistoryEntry[]> {
  const stored = await listConfigurationVersions(db, question);
  const asked = stored.flatMap(({ version }) => [version - 1, version]);
  const policies = await listPoliciesAt(db, [...new Set(asked)]);
  return stored.map((version) => {
    const standing = {
      before: policies.get(version.version - 1) ?? new Map(),
      after: policies.get(version.version) ?? new Map(),
    };
    const at = (side: 'before' | 'after') =>
      readConfigurationImages(version.version, pick(version.changes, side));
    return { ...describe(version), differences: compareVersions(at('before'), at('after'), standing) };
  });
}

function pick(changes: readonly EntryChange[], side: 'before' | 'after') {
  return changes.flatMap(({ section, name, [side]: image }) => (image ? [{ section, name, image }] : []));
}

function describe({ accountId, username, message, revertsTo, changes: _, ...rest }: StoredVersion) {
  return {
    ...rest,
    ...(accountId === null ? {} : { accountId }),
    ...(username === null ? {} : { username }),
    ...(message === null ? {} : { message }),
    ...(revertsTo === null ? {} : { revertsTo }),
  };
}

/** What differs, and where the next page of it begins. */
export interface VersionDifferences {
  differences: Difference[];
  next: EntryName | undefined;
}

/** What differs between two versions, or a page of it, in the order of the file's sections. Throws Problem `version_unknown`. */
export async function reportVersionDifferences(
  db: Queryable,
  from: number,
  to: number,
  page?: BetweenPage,
): Promise<VersionDifferences> {
  const found = await findConfigurationsBetween(db, { from, to, page });
  if (found) {
    const policies = await listPoliciesAt(db, [...new Set([from, to])]);
    const standing = { before: policies.get(from) ?? new Map(), after: policies.get(to) ?? new Map() };
    return { differences: compareVersions(found.before, found.after, standing), next: found.next };
  }
  const { first, last } = await findVersionRange(db);
  const missing = from >= first && from <= last ? to : from;
  throw new Problem(
    'version_unknown',
    `There is no version ${missing}: the history has ${first} to ${last}.`,
  );
}
