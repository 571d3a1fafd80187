import { hashToken } from './token_hash.ts';

/** For whom passkeys are made, and whose pages may use them (WebAuthn §5.4.2). */
export interface RelyingParty {
  /** The issuer's host. A passkey is good there alone: another issuer needs other passkeys. */
  id: string;
  origin: string;
}

/** By the issuer as it is configured: no header of a request has a say. */
export function relyingPartyOf(issuer: string): RelyingParty {
  const { hostname, origin } = new URL(issuer);
  return { id: hostname, origin };
}

/** What authenticators keep of the account: the same for all its passkeys, and no name of anybody. */
export function userHandleOf(accountId: string): Buffer<ArrayBuffer> {
  return Buffer.from(hashToken(`passkey user ${accountId}`));
}
