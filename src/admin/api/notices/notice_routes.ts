import { z } from 'zod';
import { replayNotices as replayStored } from '../../../operations/replay_notices.ts';
import { listNotices as listStored } from '../../../store/undelivered_notices.ts';
import { defineRoute } from '../route.ts';

/** Few are ever undelivered for long: a list of the oldest, without pages. */
const mostListed = 1000;

export const listNotices = defineRoute({
  method: 'GET',
  path: '/notices',
  operationId: 'listNotices',
  summary: `Notices not delivered yet, the oldest first; at most ${mostListed}.`,
  scope: 'curfew:read',
  query: z.strictObject({
    state: z.enum(['undeliverable', 'all']).default('undeliverable'),
  }),
  answer: z.object({
    items: z.array(
      z.object({
        notice_id: z.string(),
        kind: z.string(),
        receiver: z.string(),
        queued_at: z.string(),
        tries: z.number().int(),
        last_error: z.string().nullable(),
        given_up_at: z.string().nullable(),
      }),
    ),
  }),
  async handle({ tx, query }) {
    const rows = await listStored(tx, { deadOnly: query.state === 'undeliverable', most: mostListed });
    const items = rows.map(({ noticeId, kind, receiver, queuedAt, tries, lastError, deadAt }) => ({
      notice_id: noticeId,
      kind,
      receiver,
      queued_at: queuedAt,
      tries,
      last_error: lastError,
      given_up_at: deadAt,
    }));
    return { body: { items } };
  },
});

export const replayNotices = defineRoute({
  method: 'POST',
  path: '/notices/replay',
  operationId: 'replayNotices',
  summary: 'Try notices that were given up once more, from the beginning.',
  scope: 'curfew:write',
  body: z.strictObject({ notice_ids: z.union([z.literal('all'), z.array(z.uuid()).min(1).max(mostListed)]) }),
  answer: z.object({ replayed: z.number().int() }),
  problems: ['not_found'],
  async handle({ tx, body, origin }) {
    return { body: { replayed: await replayStored(tx, body.notice_ids, origin) } };
  },
});
