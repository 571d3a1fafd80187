import argon2 from 'argon2';

/** argon2id at OWASP's minimum: 19 MiB, two passes, one lane. */
const parameters = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A PHC string. */
export function hashPassword(password: string): Promise<string> {
  return argon2.hash(password.normalize('NFKC'), parameters);
}

/** Whether a hash was made with other parameters than today's. */
export function isOutdatedHash(hash: string): boolean {
  return argon2.needsRehash(hash, parameters);
}

/** Of a password that nobody knows, with the same parameters: what an unknown account is checked against. */
const absentHash =
  '$argon2id$v=19$m=19456,t=2,p=1$cFvrsVJAIf24RASUd6WTVQ$VKq5rF0DibryQIyAKFqMGsvh/+BSHH2T04uEvrt/H/4';

/**
 * Whether the password is right. Without a hash (no such account, or one without a password) the same
 * work is done and the answer is false: neither words nor time tell which it was.
 */
export async function verifyPassword(hash: string | undefined, password: string): Promise<boolean> {
  const matches = await argon2.verify(hash ?? absentHash, password.normalize('NFKC'));
  return hash !== undefined && matches;
}
