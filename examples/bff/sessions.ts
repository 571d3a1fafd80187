import { randomBytes } from 'node:crypto';
import type { HeldTokens, PendingSignIn } from './relying_party.ts';

export interface Session {
  /** Sign-ins that have left for the server, by their state. */
  readonly pending: Map<string, PendingSignIn>;
  tokens?: HeldTokens | undefined;
  /** One refresh at a time: who comes meanwhile waits for it. */
  refreshing?: Promise<HeldTokens> | undefined;
}

/** Milliseconds for which a session is kept that nobody uses. */
const longest = 12 * 3600_000;

/** Sessions of browsers, in this process alone: several instances need a store that all of them share. */
export interface Sessions {
  find(id: string | undefined): Session | undefined;
  /** A new one under a new name; what the old one was is gone. */
  open(session?: Session): string;
  close(id: string | undefined): void;
  /** Forget the tokens of a session of the authorization server, or of all of a person's. */
  end(which: { sid?: string | undefined; sub?: string | undefined }): void;
}

export function createSessions(now: () => number = Date.now): Sessions {
  const sessions = new Map<string, { session: Session; usedAt: number }>();
  function forgetOld(): void {
    for (const [id, { usedAt }] of sessions) if (usedAt + longest < now()) sessions.delete(id);
  }
  return {
    find(id) {
      forgetOld();
      const found = sessions.get(id ?? '');
      if (found) found.usedAt = now();
      return found?.session;
    },
    open(session = { pending: new Map() }) {
      const id = randomBytes(32).toString('base64url');
      sessions.set(id, { session, usedAt: now() });
      return id;
    },
    close: (id) => void sessions.delete(id ?? ''),
    end({ sid, sub }) {
      for (const [id, { session }] of sessions) {
        const { tokens } = session;
        const isMeant = sid === undefined ? tokens?.sub === sub : tokens?.sid === sid;
        if (tokens && isMeant) sessions.delete(id);
      }
    },
  };
}
