import argon2 from 'argon2';

/** argon2id at OWASP's minimum: 19 MiB, two passes, one lane. */
const parameters = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A PHC string. */
export function hashPassword(password: string): Promise<string> {
  return argon2.hash(password.normalize('NFKC'), parameters);
}

let absentHash: Promise<string> | undefined;

/**
 * Whether the password is right. Without a hash (no such account, or one without a password) the same
 * work is done and the answer is false: neither words nor time tell which it was.
 */
export async function verifyPassword(hash: string | undefined, password: string): Promise<boolean> {
  absentHash ??= hashPassword('no account has this password');
  const matches = await argon2.verify(hash ?? (await absentHash), password.normalize('NFKC'));
  return hash !== undefined && matches;
}
