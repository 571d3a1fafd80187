import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { Problem } from '../domain/problems.ts';
import { previewEnds } from '../operations/preview_ends.ts';
import { rehearse } from '../operations/rehearse.ts';
import { revertConfiguration } from '../operations/revert_configuration.ts';
import { renderHistoryText } from '../reports/describe_history.ts';
import { reportHistory, reportVersionDifferences } from '../reports/report_history.ts';
import { loadConfiguration } from '../store/configuration.ts';
import type { Database, Queryable } from '../store/database.ts';
import { listRemovals, printApplied } from './apply.ts';
import { describeWarnings } from './apply_file.ts';
import { choosePaint, describeDifferences } from './describe_differences.ts';
import { describeUnrestored } from '../reports/describe_unrestored.ts';
import { withDatabase } from './open_database.ts';
import { readMessage } from './read_message.ts';

const usuallyListed = 20;
const mostListed = 1000;
const mostChanges = 20;

interface HistoryOptions {
  policy?: string;
  limit: number;
  before?: number;
  json?: true;
}

export function addPolicyHistoryCommands(policy: Command): void {
  policy
    .command('history')
    .description('the versions of the configuration, the newest first: who, when, and what changed')
    .option('--policy <name>', 'those that changed this policy')
    .option('--limit <count>', `so many at most, up to ${mostListed}`, readCount, usuallyListed)
    .option('--before <version>', 'older than this one', readVersion)
    .option('--json', 'print one JSON document')
    .action(async ({ json, limit, before, policy: name }: HistoryOptions) => {
      await inDatabase(async (database) => {
        const question = { most: limit, before, policy: name, mostChanges };
        const entries = await reportHistory(database, question);
        if (name !== undefined && entries.length === 0 && before === undefined)
          throw new Problem('policy_unknown', `There never was a policy ${name}.`);
        process.stdout.write(json ? asJson(entries) : renderHistoryText(entries));
      });
    });
  policy
    .command('diff')
    .argument('<from>', 'a version', readVersion)
    .argument('[to]', 'a version', readVersion)
    .description(
      'what differs between two versions of the configuration; without the second, the one in force',
    )
    .option('--json', 'print one JSON document')
    .action(async (from: number, to: number | undefined, { json }: { json?: true }) => {
      await inDatabase(async (database) => {
        const last = to ?? (await loadConfiguration(database)).version;
        const { differences } = await reportVersionDifferences(database, from, last);
        if (json) process.stdout.write(asJson({ from, to: last, differences }));
        else if (differences.length === 0) process.stderr.write('They are the same.\n');
        else
          for (const line of describeDifferences(differences, choosePaint(process.stdout)))
            process.stdout.write(`${line}\n`);
      });
    });
  policy
    .command('revert')
    .argument('<version>', 'a version', readVersion)
    .description(
      'make the configuration what it was in a version, as a new one; secrets stay as they are now',
    )
    .option('--dry-run', 'only print what would change, and what that would end')
    .option('--message <text>', 'why, for the history', readMessage)
    .option('--json', 'print one JSON document')
    .action(
      async (version: number, options: { dryRun?: true; message?: string; json?: true }) =>
        await inDatabase((database) => revertAndTell(database, version, options)),
    );
}

async function inDatabase(work: (database: Database) => Promise<void>): Promise<void> {
  await withDatabase(readEnvironment(process.env, 'tool'), work);
}

async function revertAndTell(
  database: Database,
  version: number,
  { dryRun = false, message, json }: { dryRun?: boolean; message?: string; json?: true },
): Promise<void> {
  const origin = { actor: 'curfew policy revert' };
  const revert = (tx: Queryable) => revertConfiguration(tx, version, { origin, message });
  const reverted = dryRun
    ? await rehearse(database, async (tx) => ({
        ...(await revert(tx)),
        wouldEnd: await previewEnds(tx, await loadConfiguration(tx)),
      }))
    : await database.transaction(revert);
  const { next: _, ...told } = reverted;
  const { warnings, differences, unrestored } = told;
  const all = [...warnings, ...listRemovals(differences), ...describeUnrestored(unrestored)];
  printApplied({ ...told, warnings: all }, { dryRun, json });
  for (const line of describeWarnings(all)) process.stderr.write(`${line}\n`);
  const done = dryRun ? 'Nothing was written: this was a dry run.' : `Version ${version} is re-established.`;
  process.stderr.write(
    differences.length === 0 ? `Nothing to change: all is as in version ${version}.\n` : `${done}\n`,
  );
}

const asJson = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

function readVersion(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new InvalidArgumentError('It is no version: curfew policy history has them.');
  return Number(text);
}

function readCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > mostListed) throw new InvalidArgumentError(`It must be 1 to ${mostListed}.`);
  return count;
}
