import { z } from 'zod';
import { lineSchema } from '../../../config/schema/names.ts';
import { endByOperator } from '../../../operations/end_by_operator.ts';
import {
  listLiveFamilies,
  listLiveSessions,
  pageLiveFamilies,
  pageLiveSessions,
} from '../../../store/live_access.ts';
import { endedSchema } from '../accounts/account_schema.ts';
import { familyCursor, sessionCursor } from '../../live_cursors.ts';
import { makePage, pageOf, pageQuery, readCursor } from '../page.ts';
import { ApiProblem } from '../problem.ts';
import { defineRoute } from '../route.ts';
import { describeFamily, describeSession, familySchema, sessionSchema } from './live_schema.ts';

const liveQuery = pageQuery.extend({ account_id: z.string().min(1).max(100).exactOptional() });
const sessionPath = z.object({ session_id: z.string().min(1).max(100) });
const familyPath = z.object({ family_id: z.uuid() });

export const listSessions = defineRoute({
  method: 'GET',
  path: '/sessions',
  operationId: 'listSessions',
  summary: 'Live browser sessions, those whose end may come soonest first.',
  scope: 'curfew:read',
  query: liveQuery,
  answer: pageOf(sessionSchema),
  async handle({ tx, configuration, query: { limit, cursor, account_id: accountId } }) {
    const after = readCursor(cursor, sessionCursor);
    const rows = await pageLiveSessions(tx, { accountId, after, most: limit + 1 });
    const body = makePage(rows, limit, {
      keyOf: (row) => row.cursor,
      describe: (row) => describeSession(configuration, row),
    });
    return { body };
  },
});

export const listFamilies = defineRoute({
  method: 'GET',
  path: '/families',
  operationId: 'listFamilies',
  summary: 'Live refresh-token families, those whose end may come soonest first.',
  scope: 'curfew:read',
  query: liveQuery,
  answer: pageOf(familySchema),
  async handle({ tx, configuration, query: { limit, cursor, account_id: accountId } }) {
    const after = readCursor(cursor, familyCursor);
    const rows = await pageLiveFamilies(tx, { accountId, after, most: limit + 1 });
    const body = makePage(rows, limit, {
      keyOf: (row) => row.cursor,
      describe: (row) => describeFamily(configuration, row),
    });
    return { body };
  },
});

export const readSession = defineRoute({
  method: 'GET',
  path: '/sessions/{session_id}',
  operationId: 'readSession',
  summary: 'One live session, with the families that came from it.',
  scope: 'curfew:read',
  params: sessionPath,
  answer: sessionSchema.extend({ families: z.array(familySchema) }),
  async handle({ tx, configuration, path: { session_id: id } }) {
    const [row] = await listLiveSessions(tx, { id, most: 1 });
    const session = row && describeSession(configuration, row);
    if (!session) throw new ApiProblem('not_found', 'There is no such session, or it has ended.');
    const families = await listLiveFamilies(tx, { id, most: 1000 });
    const described = families.flatMap((family) => describeFamily(configuration, family) ?? []);
    return { body: { ...session, families: described } };
  },
});

export const readFamily = defineRoute({
  method: 'GET',
  path: '/families/{family_id}',
  operationId: 'readFamily',
  summary: 'One live family.',
  scope: 'curfew:read',
  params: familyPath,
  answer: familySchema,
  async handle({ tx, configuration, path: { family_id: id } }) {
    const [row] = await listLiveFamilies(tx, { id, most: 1 });
    const family = row && describeFamily(configuration, row);
    if (!family) throw new ApiProblem('not_found', 'There is no such family, or it has ended.');
    return { body: family };
  },
});

const withReason = {
  body: z.strictObject({
    reason: lineSchema(200).exactOptional().meta({
      description: 'What the person is told who comes back to it; the trail does not have it.',
    }),
  }),
  isBodyOptional: true,
} as const;

export const endSession = defineRoute({
  method: 'POST',
  path: '/sessions/{session_id}/end',
  operationId: 'endSession',
  summary: 'End a session with every family that came from it; clients are told.',
  scope: 'curfew:write',
  params: sessionPath,
  ...withReason,
  answer: endedSchema,
  async handle({ tx, configuration, path, body, origin }) {
    return { body: await endByOperator(tx, configuration, path.session_id, origin, body.reason) };
  },
});

export const endFamily = defineRoute({
  method: 'POST',
  path: '/families/{family_id}/end',
  operationId: 'endFamily',
  summary: 'End one family.',
  scope: 'curfew:write',
  params: familyPath,
  ...withReason,
  answer: endedSchema,
  async handle({ tx, configuration, path, body, origin }) {
    return { body: await endByOperator(tx, configuration, path.family_id, origin, body.reason) };
  },
});
