import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server';
import type { AuthenticatorTransport } from './passkey_answer.ts';
import { userHandleOf } from './relying_party.ts';
import type { RelyingParty } from './relying_party.ts';

/** COSE algorithms: Ed25519, ES256, RS256. Every authenticator has one of them. */
export const passkeyAlgorithms = [-8, -7, -257];

/** A passkey as a browser is told of it. */
export interface KnownCredential {
  credentialId: Buffer;
  transports: readonly string[];
}

/** What a page asks a browser to sign: the options of WebAuthn as JSON. */
export type PasskeyRequest = string;

/** For how long a browser waits for its user, in milliseconds. */
const timeout = 300_000;

/** Ask for a new passkey. No attestation: which make an authenticator is of is nobody's business here. */
export async function registrationRequest(
  party: RelyingParty,
  {
    challenge,
    account,
    serviceName,
    known,
  }: {
    challenge: string;
    account: { accountId: string; username: string; name?: string | undefined };
    serviceName: string;
    /** Those there are: no authenticator makes a second one. */
    known: readonly KnownCredential[];
  },
): Promise<PasskeyRequest> {
  const options = await generateRegistrationOptions({
    rpName: serviceName,
    rpID: party.id,
    userID: userHandleOf(account.accountId),
    userName: account.username,
    userDisplayName: account.name ?? account.username,
    challenge: Buffer.from(challenge, 'base64url'),
    timeout,
    attestationType: 'none',
    excludeCredentials: known.map(describe),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: passkeyAlgorithms,
  });
  return JSON.stringify(options);
}

/** Ask for a proof by one of `known`; without them by whichever passkey its user picks, verified. */
export async function assertionRequest(
  party: RelyingParty,
  { challenge, known }: { challenge: string; known?: readonly KnownCredential[] },
): Promise<PasskeyRequest> {
  const options = await generateAuthenticationOptions({
    rpID: party.id,
    challenge: Buffer.from(challenge, 'base64url'),
    timeout,
    userVerification: known ? 'preferred' : 'required',
    ...(known ? { allowCredentials: known.map(describe) } : {}),
  });
  return JSON.stringify(options);
}

function describe({ credentialId, transports }: KnownCredential) {
  return {
    id: credentialId.toString('base64url'),
    transports: transports as AuthenticatorTransport[],
  };
}
