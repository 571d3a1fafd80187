import { Readable } from 'node:stream';
import { z } from 'zod';
import { defineRoute } from '../route.ts';
import { eventQuery } from './list_audit_events.ts';

export const exportAuditEvents = defineRoute({
  method: 'GET',
  path: '/audit-events.ndjson',
  operationId: 'exportAuditEvents',
  summary:
    'Every event, the oldest first, a line of JSON each, and on the last line the `checkpoint`, without which the answer was cut short.',
  scope: 'curfew:read',
  query: z.strictObject(eventQuery),
  type: 'application/x-ndjson',
  answer: z.unknown(),
  async handle({ query: { account_id: accountId, name, since } }, { exportTrail }) {
    return { body: Readable.from(endLines(exportTrail({ accountId, name, maxAge: since }))) };
  },
});

async function* endLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
