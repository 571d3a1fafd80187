import { openPushAuthorization } from '../credentials/push_authorization.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { SecurityEventNotice } from '../domain/security_events.ts';
import type { StoredStream } from '../store/ssf_streams.ts';
import type { AddressRules } from './address_guard.ts';
import type { Post } from './post.ts';
import type { Delivery, Sender } from './send_batch.ts';
import type { SignSecurityEvent } from './sign_security_event.ts';

export interface SecurityEventSenderOptions {
  sign: SignSecurityEvent;
  secrets: SecretsAtRest;
  post: Post;
  addressRules(): AddressRules;
  /** The stream as it is now, while its client may have it. */
  findStream(streamId: string): Promise<StoredStream | undefined>;
}

/** Pushes a security event to its stream's receiver (RFC 8935). */
export function createSecurityEventSender(options: SecurityEventSenderOptions): Sender {
  const { sign, secrets, post, addressRules, findStream } = options;
  return async (notice) => {
    const { streamId } = notice.payload as unknown as SecurityEventNotice;
    const stream = await findStream(streamId);
    if (!stream || stream.status === 'disabled') {
      return { outcome: 'rejected', error: 'there is no such stream any more' };
    }
    const { pushUrl, pushAuthorizationSealed: sealed, status, clientId } = stream;
    // It was paused, or its receiver polls now, since this notice was taken in hand.
    if (pushUrl === null || status === 'paused')
      return { outcome: 'unreachable', error: 'the stream is held' };
    const answer = await post(
      {
        url: pushUrl,
        headers: {
          'Content-Type': 'application/secevent+jwt',
          Accept: 'application/json',
          ...(sealed === null ? {} : { Authorization: openPushAuthorization(secrets, streamId, sealed) }),
        },
        body: await sign(notice, clientId),
      },
      addressRules(),
    );
    return readAnswer(answer);
  };
}

/** §2.2: 202 is done; §2.3: 400 says that this event never will be. Anything else may be better next time. */
function readAnswer(status: number): Delivery {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const error = `the receiver answered ${status}`;
  return status === 400 ? { outcome: 'rejected', error } : { outcome: 'failed', error };
}
