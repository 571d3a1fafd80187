import { z } from 'zod';
import { settlePolledEvents } from '../operations/settle_polled_events.ts';
import { awaitEvents, findEvents } from './await_events.ts';
import { invalid, unknownStream } from './call.ts';
import type { Answer, Call } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';
import { describeFault } from './stream_request.ts';

/** One answer carries no more events than this. */
const mostEvents = 100;

const requestSchema = z.object({
  maxEvents: z.int().min(0).exactOptional(),
  returnImmediately: z.boolean().exactOptional(),
  ack: z.array(z.string().max(200)).max(1000).exactOptional(),
  setErrs: z
    .record(z.string().max(200), z.object({ err: z.string(), description: z.string().exactOptional() }))
    .refine((errors) => Object.keys(errors).length <= 1000, 'has more than 1000 entries')
    .exactOptional(),
});

/**
 * Hand out the events of a stream whose receiver polls (RFC 8936); what is not acknowledged is handed out
 * again. Without `returnImmediately` an answer without events waits for one.
 */
export async function pollEvents(dependencies: SsfDependencies, call: Call): Promise<Answer> {
  const request = requestSchema.safeParse(call.body);
  if (!request.success) return invalid(describeFault(request.error));
  const { maxEvents = mostEvents, returnImmediately = false, ack = [], setErrs = {} } = request.data;
  const { database, signSecurityEvent } = dependencies;
  const { clientId, origin, signal } = call;
  const reference = { clientId, streamId: call.query.get('stream_id') ?? '' };
  if (!(await findEvents(database, reference, 0))) return unknownStream;
  const refused = new Map(Object.entries(setErrs).map(([jti, error]) => [jti, describeRefusal(error)]));
  await database.transaction((tx) =>
    settlePolledEvents(tx, reference, { acknowledged: ack, refused }, origin),
  );
  if (maxEvents === 0) return { status: 200, body: { sets: {} } };

  const most = Math.min(maxEvents, mostEvents);
  // One more than is handed out tells whether there are more.
  const found = returnImmediately
    ? await findEvents(database, reference, most + 1)
    : await awaitEvents(database, reference, most + 1, signal);
  if (!found) return unknownStream;
  const handedOut = found.slice(0, most);
  const sets = await Promise.all(
    handedOut.map(async (one) => [one.noticeId, await signSecurityEvent(one, clientId)]),
  );
  const more = found.length > most ? { moreAvailable: true } : {};
  return { status: 200, body: { sets: Object.fromEntries(sets), ...more } };
}

/** As it is kept with the event. */
function describeRefusal({ err, description = '' }: { err: string; description?: string }): string {
  return `${err}: ${description}`.replaceAll('\0', '').slice(0, 500);
}
