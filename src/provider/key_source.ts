import type { JWK } from 'jose';
import { openSigningKey } from '../credentials/signing_keys.ts';
import type { KeyPurpose } from '../credentials/signing_keys.ts';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import { Problem } from '../domain/problems.ts';
import type { Queryable } from '../store/database.ts';
import { loadSigningKeys, readSigningKeyVersion } from '../store/signing_keys.ts';

/** Private keys, by what they are for; of each algorithm the first signs. All of them are published. */
export interface KeySet extends Readonly<Record<KeyPurpose, readonly JWK[]>> {
  version: number;
}

/** The signing keys, kept in memory: what signs, what will, and what did. */
export interface KeySource {
  /** The last reading; at most about a second old while the database answers. */
  current(): KeySet;
  /** As the database has them now: what is published must be. */
  refresh(): Promise<KeySet>;
  /** true: there are newer keys, which no secret of this instance opens. */
  isBehind(): boolean;
  /** Ask the database for the version every `milliseconds`. Call the result to stop. */
  poll(milliseconds: number, onError: (error: unknown) => void): () => void;
}

/** Throws Problem `secret_wrong` when no secret opens a stored key. */
export async function createKeySource(db: Queryable, secrets: SecretsAtRest): Promise<KeySource> {
  let latest = await load();
  let behind = false;

  async function load(): Promise<KeySet> {
    const { version, keys } = await loadSigningKeys(db);
    const opened = (purpose: KeyPurpose) =>
      keys.filter((key) => key.purpose === purpose).map((key) => openSigningKey(secrets, key));
    return { version, tokens: opened('tokens'), security_events: opened('security_events') };
  }

  async function refresh(): Promise<KeySet> {
    try {
      const version = await readSigningKeyVersion(db);
      while (latest.version < version) {
        const loaded = await load();
        if (loaded.version > latest.version) latest = loaded;
      }
      behind = false;
    } catch (error) {
      behind ||= error instanceof Problem;
      throw error;
    }
    return latest;
  }

  return {
    current: () => latest,
    refresh,
    isBehind: () => behind,
    poll(milliseconds, onError) {
      const timer = setInterval(() => {
        refresh().catch(onError);
      }, milliseconds);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
