import { randomBytes, randomUUID } from 'node:crypto';
import type { SecretsAtRest } from '../credentials/secrets_at_rest.ts';
import type { Queryable } from '../store/database.ts';
import { insertWindow } from '../store/window_secrets.ts';

export interface WindowSecret {
  windowId: string;
  secret: Buffer;
}

/** The secret that successors are sealed under at the moment; a new one at least every minute. */
export interface WindowSecrets {
  current(): Promise<WindowSecret>;
}

/** How long one window takes new successors, in seconds. */
export const windowSeconds = 60;

export const windowSecretContext = (windowId: string): string => `window_secrets:secret_sealed:${windowId}`;

export function createWindowSecrets(db: Queryable, secrets: SecretsAtRest): WindowSecrets {
  let open: (WindowSecret & { until: number }) | undefined;
  let opening: Promise<WindowSecret> | undefined;

  async function openWindow(): Promise<WindowSecret> {
    const secret = randomBytes(32);
    const until = performance.now() + windowSeconds * 1000;
    const windowId = randomUUID();
    await insertWindow(db, windowId, secrets.seal(secret, windowSecretContext(windowId)));
    open = { windowId, secret, until };
    return open;
  }

  return {
    async current() {
      if (open && performance.now() < open.until) return open;
      opening ??= openWindow().finally(() => {
        opening = undefined;
      });
      return await opening;
    },
  };
}
