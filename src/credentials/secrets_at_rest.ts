import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Problem } from '../domain/problems.ts';

/**
 * Encryption at rest and derived keys, from one or more secrets of at least 32 bytes. The first
 * secret seals; all open. `context` names table, column and row: a value moved elsewhere does not open.
 */
export interface SecretsAtRest {
  /** The id of the key that seals: the second part of what it sealed. */
  newestId: string;
  /** Whether one of the secrets has sealed it, by the key id that it names; not whether it is unaltered. */
  knows(sealed: string): boolean;
  /** AES-256-GCM as `v1.<key id>.<nonce>.<ciphertext>.<tag>`, base64url. */
  seal(plaintext: Buffer, context: string): string;
  /** Throws Problem `secret_wrong` when no secret opens it. */
  open(sealed: string, context: string): Buffer;
  /** One 32-byte key for `purpose` from each secret, newest first. */
  deriveKeys(purpose: string): Buffer[];
}

interface AtRestKey {
  id: string;
  key: Buffer;
}

export function createSecretsAtRest(secrets: readonly Buffer[]): SecretsAtRest {
  const derive = (secret: Buffer, purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `curfew:${purpose}`, 32));
  const keys: AtRestKey[] = secrets.map((secret) => {
    const key = derive(secret, 'at-rest');
    return { id: createHmac('sha256', key).update('key id').digest('base64url').slice(0, 8), key };
  });
  const [current] = keys;
  if (!current) throw new Problem('secret_wrong', 'At least one secret is needed.');

  return {
    newestId: current.id,
    knows: (sealed) => keys.some(({ id }) => id === sealed.split('.')[1]),
    seal(plaintext, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(Buffer.from(context));
      const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      const parts = [nonce, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'));
      return ['v1', current.id, ...parts].join('.');
    },
    open(sealed, context) {
      const [version, id, ...rest] = sealed.split('.');
      const [nonce, ciphertext, tag] = rest.map((part) => Buffer.from(part, 'base64url'));
      const key = keys.find((candidate) => candidate.id === id);
      if (version !== 'v1' || !key || !nonce || !ciphertext || tag?.length !== 16) {
        throw new Problem(
          'secret_wrong',
          `No CURFEW_SECRET opens what is stored as ${contextTable(context)}.`,
        );
      }
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.key, nonce)
          .setAAD(Buffer.from(context))
          .setAuthTag(tag);
        return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
      } catch (cause) {
        throw new Problem('secret_wrong', `What is stored as ${contextTable(context)} was altered.`, {
          cause,
        });
      }
    },
    deriveKeys: (purpose) => secrets.map((secret) => derive(secret, purpose)),
  };
}

function contextTable(context: string): string {
  return context.split(':', 2).join('.');
}
