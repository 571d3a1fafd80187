import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import { takeTurns } from './take_turns.ts';

/** argon2id at OWASP's minimum: 19 MiB, two passes, one lane. */
const parameters = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Hashing has threads of its own, off the event loop, but they are the four that Node.js also signs and looks up
 * names with: it leaves one of them, and one core, to that.
 */
const inTurn = takeTurns(Math.min(3, Math.max(1, availableParallelism() - 1)));

/** A PHC string. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => argon2.hash(password.normalize('NFKC'), parameters));
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
  const matches = await inTurn(() => argon2.verify(hash ?? absentHash, password.normalize('NFKC')));
  return hash !== undefined && matches;
}
