import { randomUUID } from 'node:crypto';
import type { ClientMetadata } from '../domain/configuration.ts';
import type { LogoutNotice } from '../domain/notices.ts';
import type { SignJwt } from '../credentials/sign_jwt.ts';
import type { SigningAlgorithm } from '../credentials/signing_keys.ts';
import type { AddressRules } from './address_guard.ts';
import type { Delivery, Sender } from './send_batch.ts';
import type { Post } from './post.ts';

/** OpenID Connect Back-Channel Logout 1.0 §2.4. */
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
/** Seconds; §4 says two minutes at most. */
const tokenLifetime = 120;

export interface LogoutSenderOptions {
  issuer: string;
  sign: SignJwt;
  post: Post;
  addressRules(): AddressRules;
  /** The registered metadata of a client that there is. */
  findClient(clientId: string): ClientMetadata | undefined;
}

/** Tells a client that a session has ended, by a logout token made for this very try. */
export function createLogoutSender(options: LogoutSenderOptions): Sender {
  const { issuer, sign, post, addressRules, findClient } = options;
  return async ({ payload }) => {
    const { clientId, accountId, sid } = payload as unknown as LogoutNotice;
    const client = findClient(clientId);
    const url = client?.backchannel_logout_uri;
    if (!client || typeof url !== 'string') {
      return { outcome: 'rejected', error: 'the client has no backchannel_logout_uri any more' };
    }
    const iat = Math.floor(Date.now() / 1000);
    const token = await sign(
      {
        iss: issuer,
        aud: clientId,
        iat,
        exp: iat + tokenLifetime,
        jti: randomUUID(),
        sub: accountId,
        sid,
        events: { [logoutEvent]: {} },
      },
      { alg: client.id_token_signed_response_alg as SigningAlgorithm, typ: 'logout+jwt' },
    );
    const status = await post(
      {
        url,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ logout_token: token }).toString(),
      },
      addressRules(),
    );
    return readAnswer(status);
  };
}

/** §2.8: 200 is done, 400 is the client's no; anything else may be better next time. */
function readAnswer(status: number): Delivery {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const error = `the client answered ${status}`;
  return status === 400 ? { outcome: 'rejected', error } : { outcome: 'failed', error };
}
