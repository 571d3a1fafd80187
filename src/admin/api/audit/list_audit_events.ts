import { z } from 'zod';
import { listAuditEvents as listStored, listAuditWindow } from '../../../store/audit_events.ts';
import { writeCursor } from '../../cursor.ts';
import { addSeconds } from '../../../domain/instants.ts';
import { makePage, pageOf, pageQuery, readCursor } from '../page.ts';
import { optionalQueryDuration } from '../query_duration.ts';
import { defineRoute } from '../route.ts';
import { formatTime } from '../times.ts';

/** Which events, of a list or of an export. */
export const eventQuery = {
  account_id: z.string().min(1).max(100).exactOptional(),
  name: z
    .string()
    .min(1)
    .max(100)
    .exactOptional()
    .meta({ description: 'As the catalogue of events has it.' }),
  since: optionalQueryDuration('Only younger ones.'),
};

const eventSchema = z.object({
  event_id: z.string(),
  occurred_at: z.string(),
  name: z.string(),
  account_id: z.string().nullable(),
  client_id: z.string().nullable(),
  session_id: z.string().nullable(),
  family_id: z.string().nullable(),
  request_id: z.string().nullable(),
  address: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
});

export const listAuditEvents = defineRoute({
  method: 'GET',
  path: '/audit-events',
  operationId: 'listAuditEvents',
  summary:
    'The audit trail, the newest event first. By name alone, or where an account’s refreshes are among them, a page may be short, or empty, although more follow.',
  scope: 'curfew:read',
  query: pageQuery.extend(eventQuery),
  answer: pageOf(eventSchema),
  async handle({ tx, administrator, query: { limit, cursor, account_id: accountId, name, since } }) {
    const before = readCursor(cursor, z.uuid());
    // The index of an account's events leaves its refreshes out.
    const isFound = accountId !== undefined && name !== undefined && !name.startsWith('refresh.');
    if (!isFound && (accountId !== undefined || name !== undefined)) {
      const from = since === undefined ? undefined : formatTime(addSeconds(administrator.now, -since));
      const filter = { accountId, exactName: name, from };
      const { events, next } = await listAuditWindow(tx, filter, { before, most: limit });
      return { body: { items: events, ...(next === undefined ? {} : { next_cursor: writeCursor(next) }) } };
    }
    const rows = await listStored(tx, { accountId, name, maxAge: since }, { newest: limit + 1, before });
    return { body: makePage(rows, limit, { keyOf: (row) => row.event_id, describe: (row) => row }) };
  },
});
