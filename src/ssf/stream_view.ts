import { securityEventTypes } from '../domain/security_events.ts';
import { verificationSeconds } from '../operations/request_verification.ts';
import type { StoredStream } from '../store/ssf_streams.ts';
import type { Call } from './call.ts';
import type { SsfDependencies } from './dependencies.ts';
import { deliveryMethods, paths } from './paths.ts';

const supported: readonly string[] = Object.values(securityEventTypes);

/** A stream's configuration (SSF 1.0 §8.1.1). The push's `Authorization` is shown to whoever may set it. */
export function viewStream(
  { issuer, openAuthorization }: SsfDependencies,
  { canManage }: Pick<Call, 'canManage'>,
  stream: StoredStream,
): Record<string, unknown> {
  const { streamId, clientId, pushUrl, eventsRequested, description, subjectFormat } = stream;
  const authorization = canManage ? openAuthorization(stream) : undefined;
  const delivery =
    pushUrl === null
      ? { method: deliveryMethods.poll, endpoint_url: pollAddress({ issuer }, stream) }
      : {
          method: deliveryMethods.push,
          endpoint_url: pushUrl,
          ...(authorization === undefined ? {} : { authorization_header: authorization }),
        };
  return {
    stream_id: streamId,
    iss: issuer,
    aud: clientId,
    delivery,
    events_supported: supported,
    ...(eventsRequested ? { events_requested: eventsRequested } : {}),
    events_delivered: supported.filter((type) => eventsRequested?.includes(type) ?? true),
    min_verification_interval: verificationSeconds,
    ...(description === null ? {} : { description }),
    subject_format: subjectFormat,
  };
}

/** Where the receiver of a stream polls, if it does. */
export function pollAddress(
  { issuer }: Pick<SsfDependencies, 'issuer'>,
  { streamId }: Pick<StoredStream, 'streamId'>,
): string {
  return `${issuer}${paths.poll}${streamId}`;
}

/** The members that the transmitter supplies: a receiver may send them back, but not change them. */
export const suppliedHere = [
  'iss',
  'aud',
  'events_supported',
  'events_delivered',
  'min_verification_interval',
] as const;
