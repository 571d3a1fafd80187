import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { streamReceiver } from '../domain/security_events.ts';
import { settlePolledEvents } from '../operations/settle_polled_events.ts';
import { listWaitingNotices } from '../store/notices.ts';
import { findStream } from '../store/ssf_streams.ts';
import type { StoredStream, StreamReference } from '../store/ssf_streams.ts';
import { invalid, unknownStream } from './call.ts';
import type { Answer, Call } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';
import { describeFault } from './stream_request.ts';

/** One answer carries no more events than this. */
const mostEvents = 100;
/** Whoever waits is answered after so long, and looked after so often, in milliseconds. */
const longestWait = 20_000;
const lookEvery = 1000;
/** Streams for whose events somebody waits at this instance: one each, and no more than `mostWaiting`. */
const waiting = new Set<string>();
const mostWaiting = 100;

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
  const reference = { clientId: call.clientId, streamId: call.query.get('stream_id') ?? '' };
  const { database } = dependencies;
  if (!isPolled(await findStream(database, reference))) return unknownStream;
  const refused = new Map(
    Object.entries(setErrs).map(([jti, { err, description = '' }]) => [
      jti,
      `${err}: ${description}`.replaceAll('\0', '').slice(0, 500),
    ]),
  );
  await database.transaction((tx) =>
    settlePolledEvents(tx, reference, { acknowledged: ack, refused }, call.origin),
  );
  if (maxEvents === 0) return { status: 200, body: { sets: {} } };
  const most = Math.min(maxEvents, mostEvents);
  const found = returnImmediately
    ? await findEvents(dependencies, reference, most)
    : await awaitEvents(dependencies, reference, most);
  if (!found) return unknownStream;
  const sets = await Promise.all(
    found
      .slice(0, most)
      .map(async (one) => [one.noticeId, await dependencies.signSecurityEvent(one, call.clientId)]),
  );
  const more = found.length > most;
  return { status: 200, body: { sets: Object.fromEntries(sets), ...(more ? { moreAvailable: true } : {}) } };
}

type Events = Awaited<ReturnType<typeof listWaitingNotices>>;

const isPolled = (stream: StoredStream | undefined): stream is StoredStream => stream?.pushUrl === null;

/** One more than `most`, where there are more; undefined: the stream is gone. None of one that is not enabled. */
async function findEvents(
  { database }: SsfDependencies,
  reference: StreamReference,
  most: number,
): Promise<Events | undefined> {
  const stream = await findStream(database, reference);
  if (!isPolled(stream)) return undefined;
  if (stream.status !== 'enabled') return [];
  return await listWaitingNotices(database, streamReceiver(stream.streamId), most + 1);
}

async function awaitEvents(
  dependencies: SsfDependencies,
  reference: StreamReference,
  most: number,
): Promise<Events | undefined> {
  const { stopping } = dependencies;
  const { streamId } = reference;
  if (waiting.has(streamId) || waiting.size >= mostWaiting)
    return await findEvents(dependencies, reference, most);
  const giveUpAt = performance.now() + longestWait;
  waiting.add(streamId);
  try {
    for (;;) {
      const found = await findEvents(dependencies, reference, most);
      if (found?.length !== 0 || performance.now() >= giveUpAt || stopping.aborted) return found;
      await wait(lookEvery, undefined, { signal: stopping }).catch(() => undefined);
    }
  } finally {
    waiting.delete(streamId);
  }
}
