import { z } from 'zod';
import { reportRoles } from '../../../reports/report_roles.ts';
import type { RoleRow } from '../../../reports/report_roles.ts';
import { pageByName, pageOf, pageQuery } from '../page.ts';
import { defineRoute } from '../route.ts';

const rowSchema = z.object({
  role: z.string(),
  policy: z.string().exactOptional(),
  people: z.object({
    count: z.number().int().meta({ description: 'Accounts, disabled ones too; counted to 10,000.' }),
    more: z.boolean(),
  }),
  limits: z
    .record(
      z.string(),
      z.object({
        value: z.union([z.number(), z.string(), z.boolean()]),
        policy: z.string(),
        version: z.number().int(),
      }),
    )
    .meta({ description: 'For somebody who has this role alone; durations in seconds.' }),
  baselines: z
    .array(
      z.object({
        id: z.string(),
        claimed: z.boolean(),
        faults: z.array(z.string()).meta({ description: 'Empty: the limits meet it.' }),
      }),
    )
    .meta({ description: 'Every baseline that asks anything of limits.' }),
});

export const listRoleLimits = defineRoute({
  method: 'GET',
  path: '/role-limits',
  operationId: 'listRoleLimits',
  summary:
    'Each role with the limits that hold for it, the baselines that these meet or miss, and its people.',
  scope: 'curfew:read',
  query: pageQuery,
  answer: pageOf(rowSchema),
  async handle({ configuration, query }, { database }) {
    const { items, ...next } = pageByName(configuration.roles, query, (name) => name);
    const rows = await reportRoles(database, configuration, items);
    return { body: { items: rows.map(describeRow), ...next } };
  },
});

function describeRow({ role, policy, people, limits, baselines }: RoleRow): z.input<typeof rowSchema> {
  return { role, ...(policy === undefined ? {} : { policy }), people, limits: { ...limits }, baselines };
}
