import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';
import { passkeyAlgorithms } from './passkey_request.ts';
import { userHandleOf } from './relying_party.ts';
import type { RelyingParty } from './relying_party.ts';

export type { AuthenticatorTransport };

/** What a browser answered, as far as it can be read without a key: nothing of it is proved. */
export interface PasskeyAnswer {
  credentialId: Buffer;
  challenge: string;
  json: unknown;
}

const part = z.string().max(8192);
const credential = z.object({
  id: z.string().min(1).max(1364),
  rawId: z.string(),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: part,
    attestationObject: part.optional(),
    authenticatorData: part.optional(),
    signature: part.optional(),
    userHandle: z.string().max(128).nullish(),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(10)
      .optional(),
  }),
});
const clientData = z.object({ challenge: z.string().max(200) });

/** undefined: no answer of a browser. */
export function readPasskeyAnswer(text: string): PasskeyAnswer | undefined {
  const { data: json } = credential.safeParse(parseJson(text));
  if (!json) return undefined;
  const told = Buffer.from(json.response.clientDataJSON, 'base64url').toString();
  const { data } = clientData.safeParse(parseJson(told));
  const credentialId = Buffer.from(json.id, 'base64url');
  if (!data || credentialId.toString('base64url') !== json.id) return undefined;
  return { credentialId, challenge: data.challenge, json };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A new passkey as its authenticator made it. */
export interface MadePasskey {
  credentialId: Buffer;
  publicKey: Buffer;
  counter: number;
  transports: readonly string[];
  backupEligible: boolean;
  backedUp: boolean;
  /** Its user was verified by the authenticator, not only present. */
  userVerified: boolean;
}

/**
 * undefined: not made by this party's page, not well-formed, or of another id than the browser told. The
 * challenge has been taken by then.
 */
export async function readMadePasskey(
  party: RelyingParty,
  { json, challenge, credentialId }: PasskeyAnswer,
): Promise<MadePasskey | undefined> {
  const verdict = await refusing(
    verifyRegistrationResponse({
      response: json as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: passkeyAlgorithms,
    }),
  );
  if (!verdict?.verified) return undefined;
  const {
    credential: made,
    credentialDeviceType,
    credentialBackedUp,
    userVerified,
  } = verdict.registrationInfo;
  if (!Buffer.from(made.id, 'base64url').equals(credentialId)) return undefined;
  return {
    credentialId,
    publicKey: Buffer.from(made.publicKey),
    counter: made.counter,
    transports: made.transports ?? [],
    backupEligible: credentialDeviceType === 'multiDevice',
    backedUp: credentialBackedUp,
    userVerified,
  };
}

export interface ProvedPasskey {
  counter: number;
  backedUp: boolean;
  userVerified: boolean;
}

/**
 * Check the signature of a passkey, for this party and on one of its pages. Its counter is the caller's to
 * compare, where it is written. undefined: it proves nothing.
 */
export async function readProvedPasskey(
  party: RelyingParty,
  { json, challenge }: PasskeyAnswer,
  passkey: { accountId: string; credentialId: Buffer; publicKey: Buffer },
): Promise<ProvedPasskey | undefined> {
  const response = json as AuthenticationResponseJSON;
  // Only a credential that the authenticator stores tells whose it is; what it tells must be right.
  const { userHandle } = response.response;
  if (userHandle && userHandle !== userHandleOf(passkey.accountId).toString('base64url')) return undefined;
  const verdict = await refusing(
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: {
        id: passkey.credentialId.toString('base64url'),
        publicKey: new Uint8Array(passkey.publicKey),
        counter: 0,
      },
      requireUserVerification: false,
    }),
  );
  if (!verdict?.verified) return undefined;
  const { newCounter, credentialBackedUp, userVerified } = verdict.authenticationInfo;
  return { counter: newCounter, backedUp: credentialBackedUp, userVerified };
}

/** The library throws for whatever does not hold: of an answer from outside that is a no, and no fault. */
async function refusing<Verdict>(check: Promise<Verdict>): Promise<Verdict | undefined> {
  try {
    return await check;
  } catch {
    return undefined;
  }
}
