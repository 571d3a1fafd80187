import { readFileSync } from 'node:fs';
import { parseConfigurationFile } from '../config/configuration_file.ts';
import type { ConfigurationFile } from '../config/configuration_file.ts';
import { Problem } from '../domain/problems.ts';
import { applyConfiguration } from '../operations/apply_configuration.ts';
import type { DesiredConfiguration } from '../domain/configuration.ts';
import type { AppliedConfiguration } from '../operations/apply_configuration.ts';
import type { ConfigurationWarning } from '../policy/list_configuration_warnings.ts';
import { previewEnds } from '../operations/preview_ends.ts';
import type { EndCount } from '../operations/count_ends.ts';
import { rehearse } from '../operations/rehearse.ts';
import { baselineCatalogue, requirementCatalogue } from '../policy/baselines/catalogue.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database, Queryable } from '../store/database.ts';
import { lockConfiguration } from '../store/configuration_write.ts';
import { describeDifferences } from './describe_differences.ts';
import type { Paint } from './describe_differences.ts';

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

/** Make the database match the file, in one transaction; with `dryRun` all is rolled back again. */
export async function applyFile(
  database: Database,
  file: DesiredConfiguration & { digest: string },
  { dryRun, actor, message }: { dryRun: boolean; actor: string; message?: string | undefined },
): Promise<AppliedFile> {
  const { digest } = file;
  const apply = (tx: Queryable) => applyConfiguration(tx, file, { origin: { actor }, digest, message });
  if (!dryRun) return await database.transaction(apply);
  return await rehearse(database, async (tx) => ({
    ...(await apply(tx)),
    wouldEnd: await previewEnds(tx, await loadConfiguration(tx)),
  }));
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
  const applied = await applyFile(database, file, { dryRun: false, actor: 'start' });
  return [...describeApplied(applied), ...describeWarnings([...file.warnings, ...applied.warnings])];
}

/** A line for each. */
export function describeWarnings(warnings: readonly ConfigurationWarning[]): string[] {
  return warnings.map(({ path, message }) => `warning: ${path}: ${message}`);
}

/** The difference and what ends by it, secrets never shown; without `paint`, without colour. */
export function describeApplied(
  { differences, users, ended, wouldEnd = [] }: AppliedFile,
  paint: Paint = (_, text) => text,
): string[] {
  const accounts = users.map(({ username, kind, fields }) => ({
    section: 'users',
    name: username,
    kind,
    note: fields.join(', '),
  }));
  const lines = describeDifferences([...differences, ...accounts], paint);
  if (ended.sessions + ended.families > 0) {
    lines.push(`ended first: ${count(ended)} that were over or of removed clients`);
  }
  for (const { policy, reason, ...ends } of wouldEnd) {
    const cause = policy === undefined ? reason : `${reason} of policy ${policy}`;
    lines.push(paint('yellow', `would end: ${count(ends)} by ${cause}`));
  }
  return lines;
}

function count({ sessions, families }: { sessions: number; families: number }): string {
  return `${sessions} session${sessions === 1 ? '' : 's'} and ${families} ${families === 1 ? 'family' : 'families'}`;
}
