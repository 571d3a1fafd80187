import type { SignJwt } from '../credentials/sign_jwt.ts';
import type { SecurityEventNotice } from '../domain/security_events.ts';

/** Makes the security event token (RFC 8417, SSF 1.0 §4) of a notice; its `jti` is the notice's, at every try. */
export type SignSecurityEvent = (
  notice: { noticeId: string; payload: Readonly<Record<string, unknown>> },
  audience: string,
) => Promise<string>;

export function createSecurityEventSigner(issuer: string, sign: SignJwt): SignSecurityEvent {
  return async ({ noticeId, payload }, audience) => {
    const event = payload as unknown as SecurityEventNotice;
    const claims = {
      iss: issuer,
      jti: noticeId,
      iat: event.issuedAt,
      aud: audience,
      txn: event.txn,
      sub_id: subjectOf(issuer, event),
      events: { [event.type]: event.members },
    };
    return await sign(claims, { alg: 'RS256', typ: 'secevent+jwt' });
  };
}

/** The account, one of its sessions, or the stream itself (RFC 9493, SSF 1.0 §3). */
function subjectOf(
  issuer: string,
  { streamId, accountId, sid }: SecurityEventNotice,
): Record<string, unknown> {
  if (accountId === undefined) return { format: 'opaque', id: streamId };
  const user = { format: 'iss_sub', iss: issuer, sub: accountId };
  return sid === undefined ? user : { format: 'complex', session: { format: 'opaque', id: sid }, user };
}
