import { z } from 'zod';
import { lineSchema } from '../../../config/schema/names.ts';
import { rehearse } from '../../../operations/rehearse.ts';
import { revertAsOperator } from '../../../operations/revert_as_operator.ts';
import type { RevertedByOperator } from '../../../operations/revert_as_operator.ts';
import { reportHistory, reportVersionDifferences } from '../../../reports/report_history.ts';
import type { HistoryEntry } from '../../../reports/report_history.ts';
import { changeConfigured } from '../../change_configured.ts';
import { writeCursor } from '../../cursor.ts';
import { makePage, pageOf, pageQuery, readCursor } from '../page.ts';
import { defineRoute } from '../route.ts';
import { formatTime, instant } from '../times.ts';
import { appliedSchema, describeApplied, describeDifferences, differencesSchema } from './applied_schema.ts';
import { assertInForce } from './assert_in_force.ts';
import { exactQuery } from './end_counts.ts';

/** Entries that a page of a comparison looks at. */
const mostEntries = 1000;
/** Changes that are told of each version in the list. */
const mostChanges = 20;

const version = z
  .string()
  .regex(/^\d{1,15}$/, { error: 'must be the number of a version' })
  .transform(Number);
const versionPath = z.object({ version });
const entrySchema = z.object({
  version: z.number().int(),
  made_at: instant,
  author: z.string().meta({ description: 'How it was made: `curfew apply`, `start`, `admin`, …' }),
  account_id: z.string().exactOptional(),
  username: z.string().exactOptional(),
  message: z.string().exactOptional(),
  reverts_to: z.number().int().exactOptional(),
  change_count: z.number().int(),
  differences: differencesSchema,
});
const revertedSchema = appliedSchema.extend({
  unrestored: z
    .array(
      z.object({
        client_id: z.string(),
        what: z.enum(['secret_lost', 'secret_kept']),
        since: z.number().int().exactOptional(),
      }),
    )
    .meta({ description: 'Clients whose secret does not come back.' }),
});

export const listConfigurationVersions = defineRoute({
  method: 'GET',
  path: '/configuration/versions',
  operationId: 'listConfigurationVersions',
  summary: `The versions of the configuration, the newest first, each with its first ${mostChanges} changes. The ETag is that of the version in force.`,
  scope: 'curfew:read',
  query: pageQuery.extend({
    policy: z.string().min(1).max(200).exactOptional().meta({
      description: 'Only versions that changed this policy, and only these changes.',
    }),
    before: version.exactOptional().meta({
      description: 'Only versions older than this one; a cursor goes before it.',
    }),
  }),
  answer: pageOf(entrySchema),
  isVersioned: true,
  async handle({ tx, configuration, query: { limit, cursor, policy, before: oldest } }) {
    const before = readCursor(cursor, z.int().min(0)) ?? oldest;
    const rows = await reportHistory(tx, { most: limit + 1, before, policy, mostChanges });
    const body = makePage(rows, limit, { keyOf: (row) => row.version, describe: describeEntry });
    return { body, version: configuration.version };
  },
});

export const compareConfigurationVersions = defineRoute({
  method: 'GET',
  path: '/configuration/versions/{version}/diff',
  operationId: 'compareConfigurationVersions',
  summary:
    'What differs between this version and another one, or the one in force; entries with pages, in the order of sections and names.',
  scope: 'curfew:read',
  params: versionPath,
  query: pageQuery.extend({
    to: version.exactOptional(),
    limit: z.coerce.number().int().min(1).max(mostEntries).default(mostEntries).meta({
      description: 'How many entries that changed between the two a page looks at.',
    }),
  }),
  answer: z.object({
    from: z.number().int(),
    to: z.number().int(),
    differences: differencesSchema,
    next_cursor: z.string().exactOptional().meta({ description: 'Absent on the last page.' }),
  }),
  async handle({ tx, configuration, path: { version: from }, query }) {
    const { to = configuration.version, limit: most, cursor } = query;
    const after = readCursor(cursor, z.object({ section: z.string(), name: z.string() }));
    const { differences, next } = await reportVersionDifferences(tx, from, to, { after, most });
    const more = next === undefined ? {} : { next_cursor: writeCursor(next) };
    return { body: { from, to, differences: describeDifferences(differences), ...more } };
  },
});

export const previewRevert = defineRoute({
  method: 'POST',
  path: '/configuration/versions/{version}/preview',
  operationId: 'previewRevert',
  summary: 'What re-establishing this version would change and end: done to its end, and undone.',
  scope: 'curfew:read',
  params: versionPath,
  query: exactQuery,
  answer: revertedSchema,
  problems: ['conflict', 'last_administrator'],
  async handle({ path, query, origin }, { database, loadConfiguration }) {
    const how = { origin, countsAll: query.exact === 'true' };
    const reverted = await rehearse(database, (tx) =>
      changeConfigured(tx, { loadConfiguration }, (current) =>
        revertAsOperator(tx, path.version, { ...how, current }),
      ),
    );
    return { body: describeReverted(reverted) };
  },
});

export const revertToVersion = defineRoute({
  method: 'POST',
  path: '/configuration/versions/{version}/revert',
  operationId: 'revertToVersion',
  summary: 'Make the configuration what it was in this version, as a new one; secrets stay as they are now.',
  scope: 'curfew:write',
  params: versionPath,
  body: z.strictObject({
    message: lineSchema(500).exactOptional().meta({ description: 'Why, for the history.' }),
  }),
  answer: revertedSchema.extend({ version: z.number().int().meta({ description: 'In force now.' }) }),
  problems: ['conflict', 'last_administrator'],
  isVersioned: true,
  async handle({ tx, configuration, path, body: { message }, ifMatch, origin }) {
    assertInForce(configuration, ifMatch);
    const reverted = await revertAsOperator(tx, path.version, { origin, message, current: configuration });
    const { version: inForce } = reverted;
    return { body: { ...describeReverted(reverted), version: inForce }, version: inForce };
  },
});

function describeEntry(entry: HistoryEntry): z.input<typeof entrySchema> {
  const { accountId, username, message, revertsTo } = entry;
  return {
    version: entry.version,
    made_at: formatTime(entry.madeAt),
    author: entry.author,
    ...(accountId === undefined ? {} : { account_id: accountId }),
    ...(username === undefined ? {} : { username }),
    ...(message === undefined ? {} : { message }),
    ...(revertsTo === undefined ? {} : { reverts_to: revertsTo }),
    change_count: entry.changeCount,
    differences: describeDifferences(entry.differences),
  };
}

function describeReverted(reverted: RevertedByOperator): z.input<typeof revertedSchema> {
  return {
    ...describeApplied(reverted),
    unrestored: reverted.unrestored.map(({ clientId, what, since }) => ({
      client_id: clientId,
      what,
      ...(since === undefined ? {} : { since }),
    })),
  };
}
