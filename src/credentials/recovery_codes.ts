import { randomBytes } from 'node:crypto';

/** How many codes a set has. */
export const recoveryCodeCount = 10;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten codes of 80 random bits each, in groups of four: `x4f2-9kqm-…` (SP 800-63B-4 §4.2.1.1: at least 64). */
export function generateRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodeCount }, () => {
    const letters = Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join('');
    return letters.replace(/(.{4})(?=.)/g, '$1-');
  });
}

/** A code as it was meant: spaces, dashes and case do not count, look-alikes are read as digits. */
export function normalizeRecoveryCode(text: string): string {
  const letters = text.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}
