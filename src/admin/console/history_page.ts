import { z } from 'zod';
import { lineSchema } from '../../config/schema/names.ts';
import { Problem } from '../../domain/problems.ts';
import { describePast } from '../../http/describe_moment.ts';
import { readField } from '../../http/forms.ts';
import { leaveNotice } from '../../http/notice_cookie.ts';
import { seeOther } from '../../http/see_other.ts';
import { sendPage } from '../../http/send_page.ts';
import { rehearse } from '../../operations/rehearse.ts';
import { revertAsOperator } from '../../operations/revert_as_operator.ts';
import type { Difference } from '../../policy/compare_configurations.ts';
import { describeField } from '../../reports/describe_field.ts';
import { describeAuthor, describeDifference } from '../../reports/describe_history.ts';
import { describeUnrestored } from '../../reports/describe_unrestored.ts';
import { reportHistory, reportVersionDifferences } from '../../reports/report_history.ts';
import { consoleHistoryPage, consoleRevertPage, consoleVersionPage } from '../../../views/console/history.ts';
import type { ChangedField } from '../../../views/console/history.ts';
import { describeEnds, wishesExact } from './describe_ends.ts';
import { changeConfigured } from '../change_configured.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { linkPages, readPlace, readQuery } from './query.ts';
import { change, consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const historyPath = `${consoleRoot}/history`;
const versionPath = (version: number): string => `${historyPath}/${version}`;
const perPage = 20;
const mostChanges = 8;
/** A page shows so many fields that differ. */
const mostRows = 500;
/** It looks at so many entries that changed. */
const mostEntries = 1000;

/** The versions of the configuration, or those that changed one policy. */
export async function showHistory(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, now } = visit;
  const policy = readQuery(ctx, 'policy');
  const entries = await reportHistory(dependencies.database, {
    most: perPage + 1,
    before: readPlace(ctx, z.int().min(0)),
    policy: policy || undefined,
    mostChanges,
  });
  const here = entries.slice(0, perPage);
  const shell = await describeShell(dependencies, visit);
  const page = consoleHistoryPage(shell, {
    policy,
    versions: here.map((entry) => ({
      version: entry.version,
      url: versionPath(entry.version),
      made: describePast(entry.madeAt, now),
      author: describeAuthor(entry),
      message: entry.message,
      revertsTo: entry.revertsTo,
      changes: entry.differences.map(describeDifference),
      more: entry.changeCount - entry.differences.length,
    })),
    ...linkPages(ctx, entries.length > perPage ? here.at(-1)?.version : undefined),
  });
  sendPage(ctx, page);
}

/** What differs between a version and another one; without one, the one in force, or of that what it changed. */
export async function showVersion(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, configuration, mayChange } = visit;
  const version = readVersion(visit);
  const other = readQuery(ctx, 'to', 15);
  if (other === '' && version === configuration.version) {
    const question = { version: version - 1, most: 1, mostChanges: 0 };
    const [before] = await reportHistory(dependencies.database, question);
    if (before) return seeOther(ctx, `${versionPath(before.version)}?to=${version}`);
  }
  const to = /^\d+$/.test(other) ? Number(other) : configuration.version;
  const page = { most: mostEntries };
  const { differences, next } = await reportVersionDifferences(dependencies.database, version, to, page);
  const shell = await describeShell(dependencies, visit);
  const shown = consoleVersionPage(shell, {
    version,
    to,
    inForce: configuration.version,
    ...listChanges(differences),
    isCut: next !== undefined,
    revertUrl: version === configuration.version || !mayChange ? undefined : `${versionPath(version)}/revert`,
  });
  sendPage(ctx, shown);
}

/** What going back would change and end: done to its end, and undone. */
export async function showRevert(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  await renderRevert(visit, dependencies, { message: '' });
}

/** Go back as the preview showed. Throws Problem where the configuration was changed since. */
export async function submitRevert(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, origin } = visit;
  const version = readVersion(visit);
  const message = readField(ctx, 'message', 2000).trim();
  const read = lineSchema(500).safeParse(message);
  if (message !== '' && !read.success)
    return await renderRevert(
      visit,
      dependencies,
      { message, error: `Why: ${read.error.issues[0]?.message ?? 'is not valid'}` },
      422,
    );
  await change(dependencies, async (tx, configuration) => {
    if (readField(ctx, 'in_force', 20) !== String(configuration.version))
      throw new Problem(
        'configuration_invalid',
        'The configuration was changed meanwhile. Look again at what going back would end now.',
      );
    await revertAsOperator(tx, version, {
      origin,
      message: message || undefined,
      current: configuration,
    });
  });
  leaveNotice(ctx, consoleRoot, `All is as in version ${version} again.`);
  seeOther(ctx, historyPath);
}

async function renderRevert(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
  { message, error }: { message: string; error?: string },
  status = 200,
): Promise<void> {
  const { ctx, configuration, origin, mayChange, isProved, proofMaxAge } = visit;
  const { database, signInUrl } = dependencies;
  const version = readVersion(visit);
  const reverted = await rehearse(database, (tx) =>
    changeConfigured(tx, dependencies, (current) =>
      revertAsOperator(tx, version, { origin, current, countsAll: wishesExact(ctx) }),
    ),
  );
  const action = `${versionPath(version)}/revert`;
  const saving = isProved
    ? { action, fields: { in_force: String(configuration.version) } }
    : { proofUrl: signInUrl({ state: action, mfaMaxAge: proofMaxAge }) };
  const shell = await describeShell(dependencies, visit);
  const page = consoleRevertPage(shell, {
    version,
    ...listChanges(reverted.differences),
    warnings: [...reverted.warnings, ...describeUnrestored(reverted.unrestored)].map(
      ({ path, message: text }) => `${path}: ${text}`,
    ),
    ends: describeEnds(ctx, reverted.wouldEnd),
    backUrl: versionPath(version),
    message,
    error,
    save: mayChange ? saving : undefined,
  });
  sendPage(ctx, page, status);
}

function readVersion({ path, ctx }: ConsoleVisit): number {
  const text = path.version ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : ctx.throw(404);
}

/** A row for each field; what is added or removed as a whole has one where it has no fields. */
function listChanges(differences: readonly Difference[]): { changes: ChangedField[]; more: number } {
  const all = differences.flatMap((difference): ChangedField[] => {
    const { section, name, kind, fields } = difference;
    const entry = section === name ? section : `${section} ${name}`;
    if (fields.length === 0) return [{ entry, field: 'All of it', change: kind, direction: '' }];
    return fields.map((field) => ({
      entry,
      field: field.field,
      change:
        kind === 'added' ? `added: ${describeField(difference, field)}` : describeField(difference, field),
      direction: field.direction ?? '',
    }));
  });
  return { changes: all.slice(0, mostRows), more: Math.max(0, all.length - mostRows) };
}
