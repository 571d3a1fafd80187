import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/**
 * Seal a successor so that only whoever presents the rotated token, while the window's secret still
 * exists, can have it again. AES-256-GCM: nonce, ciphertext, tag.
 */
export function sealSuccessor(successor: string, presented: string, windowSecret: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', windowKey(presented, windowSecret), nonce);
  return Buffer.concat([nonce, cipher.update(successor, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** The successor that was sealed; throws when it was sealed for another token or window. */
export function openSuccessor(sealed: Buffer, presented: string, windowSecret: Buffer): string {
  const decipher = createDecipheriv(
    'aes-256-gcm',
    windowKey(presented, windowSecret),
    sealed.subarray(0, 12),
  );
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8');
}

/** Both are random already, so that one HMAC makes a key of them (NIST SP 800-108 §4.1, one block). */
function windowKey(presented: string, windowSecret: Buffer): Buffer {
  return createHmac('sha256', windowSecret).update('curfew:successor\0').update(presented, 'utf8').digest();
}
