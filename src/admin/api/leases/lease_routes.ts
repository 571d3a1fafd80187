import { z } from 'zod';
import type { Configuration } from '../../../domain/configuration.ts';
import { endLease as endStored } from '../../../operations/end_lease.ts';
import { familyLease } from '../../../policy/family_lease.ts';
import { familyLimits } from '../../../policy/subject_limits.ts';
import { listLeases as listStored } from '../../../store/leases.ts';
import type { LeasedFamily } from '../../../store/leases.ts';
import { endedSchema } from '../accounts/account_schema.ts';
import { makePage, pageOf, pageQuery, readCursor } from '../page.ts';
import { defineRoute } from '../route.ts';
import { formatTime, instant } from '../times.ts';

const leaseSchema = z.object({
  family_id: z.string(),
  account_id: z.string(),
  username: z.string(),
  client_id: z.string(),
  scopes: z.array(z.string()),
  purpose: z.string().meta({ description: 'In the words of the client.' }),
  allowed_seconds: z.number().int().meta({ description: 'What the user allowed.' }),
  started_at: instant,
  ends_at: instant.exactOptional().meta({
    description: 'By the limits in force; absent: no policy permits leases any more.',
  }),
  running: z.boolean().meta({ description: 'Within it the idle limit rests.' }),
});
const leaseCursor = z.object({
  startedAt: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
  familyId: z.uuid(),
});

export const listLeases = defineRoute({
  method: 'GET',
  path: '/leases',
  operationId: 'listLeases',
  summary: 'Families that were allowed a lease and have not ended, the oldest first.',
  scope: 'curfew:read',
  query: pageQuery.extend({ account_id: z.string().min(1).max(100).exactOptional() }),
  answer: pageOf(leaseSchema),
  async handle({ tx, configuration, query: { limit, cursor, account_id: accountId } }) {
    const after = readCursor(cursor, leaseCursor);
    const rows = await listStored(tx, { accountId, after, most: limit + 1 });
    const body = makePage(rows, limit, {
      keyOf: ({ family: { startedAt, familyId } }) => ({ startedAt, familyId }),
      describe: (row) => describeLease(configuration, row),
    });
    return { body };
  },
});

export const endLease = defineRoute({
  method: 'POST',
  path: '/leases/{family_id}/end',
  operationId: 'endLease',
  summary: 'End a lease with its family.',
  scope: 'curfew:write',
  params: z.object({ family_id: z.uuid() }),
  answer: endedSchema,
  async handle({ tx, configuration, path: { family_id: id }, origin }) {
    return { body: await endStored(tx, configuration, id, origin) };
  },
});

function describeLease(
  configuration: Configuration,
  { family, username, roles, now }: LeasedFamily,
): z.input<typeof leaseSchema> | undefined {
  const { familyId, accountId, clientId, scopes, startedAt, lease } = family;
  if (!lease) return undefined;
  const inForce = familyLease(family, familyLimits(configuration, family, roles));
  return {
    family_id: familyId,
    account_id: accountId,
    username,
    client_id: clientId,
    scopes: [...scopes],
    purpose: lease.purpose,
    allowed_seconds: lease.duration,
    started_at: formatTime(startedAt),
    ...(inForce ? { ends_at: formatTime(inForce.endAt) } : {}),
    running: inForce !== undefined && now < inForce.endAt,
  };
}
