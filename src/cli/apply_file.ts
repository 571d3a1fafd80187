import { readFileSync } from 'node:fs';
import { parseConfigurationFile } from '../config/configuration_file.ts';
import type { ConfigurationFile } from '../config/configuration_file.ts';
import { formatDuration } from '../domain/durations.ts';
import { Problem } from '../domain/problems.ts';
import { applyConfiguration } from '../operations/apply_configuration.ts';
import type { DesiredConfiguration } from '../domain/configuration.ts';
import type { AppliedConfiguration } from '../operations/apply_configuration.ts';
import { previewEnds } from '../operations/preview_ends.ts';
import type { EndCount } from '../operations/preview_ends.ts';
import { baselineCatalogue, requirementCatalogue } from '../policy/baselines/catalogue.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database } from '../store/database.ts';
import { lockConfiguration } from '../store/configuration_write.ts';

/** Read and check a configuration file. Throws Problem `configuration_invalid` with every fault at once. */
export function readConfigurationFile(path: string): ConfigurationFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Problem('configuration_invalid', `${path} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  return parseConfigurationFile(text, {
    env: process.env,
    path,
    known: { baselines: baselineCatalogue, requirements: requirementCatalogue },
  });
}

/** What was applied, or would be: then also what that ends a moment later. */
export interface AppliedFile extends AppliedConfiguration {
  wouldEnd?: EndCount[];
}

class DryRun extends Error {
  readonly applied: AppliedFile;
  constructor(applied: AppliedFile) {
    super('dry run');
    this.applied = applied;
  }
}

/** Make the database match the file, in one transaction; with `dryRun` all is rolled back again. */
export async function applyFile(
  database: Database,
  file: DesiredConfiguration & { digest: string },
  { dryRun, actor }: { dryRun: boolean; actor: string },
): Promise<AppliedFile> {
  try {
    return await database.transaction(async (tx) => {
      const { digest } = file;
      const applied = await applyConfiguration(tx, file, { origin: { actor }, digest });
      if (!dryRun) return applied;
      throw new DryRun({ ...applied, wouldEnd: await previewEnds(tx, await loadConfiguration(tx)) });
    });
  } catch (error) {
    if (error instanceof DryRun) return error.applied;
    throw error;
  }
}

/**
 * Apply the file that a server starts with, unless it is the one applied last. Changes made elsewhere
 * since then are reported and left as they are. Returns what to tell the operator.
 */
export async function applyAtStart(database: Database, file: ConfigurationFile): Promise<string[]> {
  const state = await database.transaction((tx) => lockConfiguration(tx));
  if (state.digest === file.digest) {
    return state.version === state.appliedVersion
      ? []
      : ['The configuration was changed elsewhere since this file was applied; those changes stand.'];
  }
  return describeApplied(await applyFile(database, file, { dryRun: false, actor: 'start' }));
}

/** The difference, one line each, secrets never shown. */
export function describeApplied({ differences, users, ended, wouldEnd = [] }: AppliedFile): string[] {
  const marks = { added: '+', changed: '~', removed: '-' } as const;
  const lines = differences.map(({ section, name, kind, fields }) => {
    const details = fields.map(({ field, from, to }) =>
      kind === 'added' || field === 'secret'
        ? `${field}: ${show(field, to)}`
        : `${field}: ${show(field, from)} -> ${show(field, to)}`,
    );
    return `${marks[kind]} ${section}.${name}${details.length > 0 ? `  ${details.join(', ')}` : ''}`;
  });
  for (const { username, kind, fields } of users) {
    lines.push(`${marks[kind]} users.${username}${fields.length > 0 ? `  ${fields.join(', ')}` : ''}`);
  }
  if (ended.sessions + ended.families > 0) {
    lines.push(
      `ended first: ${ended.sessions} sessions and ${ended.families} families that were over or of removed clients`,
    );
  }
  for (const { policy, reason, sessions, families } of wouldEnd) {
    const cause = policy === undefined ? reason : `${reason} of policy ${policy}`;
    lines.push(`would end: ${sessions} sessions and ${families} families by ${cause}`);
  }
  return lines;
}

function show(field: string, value: unknown): string {
  if (value === undefined) return '(unset)';
  if (typeof value === 'number' && field !== 'max_sessions') return formatDuration(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
