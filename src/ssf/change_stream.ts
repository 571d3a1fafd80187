import { isDeepStrictEqual } from 'node:util';
import type { StreamSettings } from '../domain/security_events.ts';
import { findStream } from '../store/ssf_streams.ts';
import type { StoredStream } from '../store/ssf_streams.ts';
import { invalid, unknownStream } from './call.ts';
import type { Answer, Call } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';
import { deliveryMethods } from './paths.ts';
import { readStreamRequest } from './stream_request.ts';
import { pollAddress, suppliedHere, viewStream } from './stream_view.ts';

/** Change what the request names and leave the rest (SSF 1.0 §8.1.1.3). */
export async function updateStream(dependencies: SsfDependencies, call: Call): Promise<Answer> {
  return await change(dependencies, call, (current, given) => ({ ...current, ...given }));
}

/** Set everything that a receiver supplies; what the request leaves out is gone (SSF 1.0 §8.1.1.4). */
export async function replaceStream(dependencies: SsfDependencies, call: Call): Promise<Answer> {
  return await change(dependencies, call, (_, given) => ({ subjectFormat: 'complex', ...given }));
}

async function change(
  dependencies: SsfDependencies,
  call: Call,
  merge: (current: StreamSettings, given: Partial<StreamSettings>) => StreamSettings,
): Promise<Answer> {
  const request = readStreamRequest(call.body, dependencies.addressRules());
  if ('fault' in request) return invalid(request.fault);
  const given = call.body as Record<string, unknown>;
  if (typeof given.stream_id !== 'string') return invalid('stream_id: is missing');
  const reference = { clientId: call.clientId, streamId: given.stream_id };
  const known = await findStream(dependencies.database, reference);
  if (!known) return unknownStream;
  const view = viewStream(dependencies, call, known);
  const wrong = findWrong(given, view) ?? findWrongAddress(given, pollAddress(dependencies, known));
  if (wrong) return invalid(`${wrong}: is not the receiver's to change`);
  const stream = await dependencies.changeStream(
    reference,
    (current) => merge(settingsOf(dependencies, current), request.settings),
    call.origin,
  );
  return stream ? { status: 200, body: viewStream(dependencies, call, stream) } : unknownStream;
}

/** The first member that the transmitter supplies and the request has otherwise. */
function findWrong(given: Record<string, unknown>, view: Record<string, unknown>): string | undefined {
  return suppliedHere.find((name) => name in given && !isDeepStrictEqual(given[name], view[name]));
}

/** The address to poll at is the transmitter's, too; that to push to is not. */
function findWrongAddress({ delivery }: Record<string, unknown>, expected: string): string | undefined {
  const { method, endpoint_url: url } = (delivery ?? {}) as Record<string, unknown>;
  const isWrong = method === deliveryMethods.poll && url !== undefined && url !== expected;
  return isWrong ? 'delivery.endpoint_url' : undefined;
}

function settingsOf({ openAuthorization }: SsfDependencies, stream: StoredStream): StreamSettings {
  const { pushUrl, eventsRequested, description, subjectFormat } = stream;
  return {
    push: pushUrl === null ? undefined : { url: pushUrl, authorization: openAuthorization(stream) },
    eventsRequested: eventsRequested ?? undefined,
    description: description ?? undefined,
    subjectFormat,
  };
}
