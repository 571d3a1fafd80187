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
    const lines = exportTrail({ accountId, name, maxAge: since })[Symbol.asyncIterator]();
    // Read before anything is answered: what cannot be read at all is told by the status.
    const first = await lines.next();
    return { body: Readable.from(endLines(first, lines)) };
  },
});

async function* endLines(first: IteratorResult<string>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  for (let next = first; next.done !== true; next = await rest.next()) yield `${next.value}\n`;
}
