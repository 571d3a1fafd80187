import { generateSecret, hashToken } from '../credentials/token_hash.ts';
import type { Queryable } from '../store/database.ts';
import { insertPasskeyChallenge, takePasskeyChallenge } from '../store/passkey_challenges.ts';

/** For how long a page may stay open before its challenge is too old, in seconds. */
export const challengeSeconds = 600;

/** What a challenge was made for, and in which session or interaction: nowhere else is it good. */
export interface ChallengePlace {
  purpose: 'registration' | 'second_factor' | 'sign_in' | 'proof';
  boundTo: string;
}

/** A new challenge of 256 random bits, base64url. Only its hash is stored. */
export async function issueChallenge(db: Queryable, place: ChallengePlace): Promise<string> {
  const challenge = generateSecret();
  await insertPasskeyChallenge(db, hashIn(place, challenge), challengeSeconds);
  return challenge;
}

/** Take a challenge, once, whatever becomes of its answer: false when it is not one of this place, or too old. */
export async function takeChallenge(
  db: Queryable,
  place: ChallengePlace,
  challenge: string,
): Promise<boolean> {
  return await takePasskeyChallenge(db, hashIn(place, challenge));
}

function hashIn({ purpose, boundTo }: ChallengePlace, challenge: string): Buffer {
  return hashToken(JSON.stringify([purpose, boundTo, challenge]));
}
