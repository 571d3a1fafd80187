import { randomBytes } from 'node:crypto';
import type { PendingSignIn, Person } from './relying_party.ts';
import type { Refusal } from './refusal.ts';
import type { HeldTokens } from './tokens.ts';

/** What this app knows of one browser. Not the server's session: that is another cookie, elsewhere. */
export interface Session {
  readonly id: string;
  /** Goes into every form of this session. */
  readonly formToken: string;
  /** By `state`. */
  readonly pending: Map<string, PendingSignIn>;
  signedIn: SignedIn | undefined;
  /** Why the last sign-in ended, until the next. */
  ended: Refusal | undefined;
}

export interface SignedIn {
  readonly person: Person;
  tokens: HeldTokens;
  refreshCount: number;
  /** How the last refresh went, in words. */
  note: string | undefined;
  /** The refresh in flight: everybody who asks meanwhile gets its outcome. */
  refreshing: Promise<RefreshOutcome> | undefined;
}

export type RefreshOutcome = 'granted' | 'refused' | 'unavailable';

export interface Sessions {
  create(): Session;
  find(cookieHeader: string | undefined): Session | undefined;
  end(session: Session): void;
  /** The `Set-Cookie` header that leads back to the session; undefined forgets it. */
  cookie(session: Session | undefined): string;
}

const mostSessions = 1000;

/** In memory, so that a restart signs everybody out; beyond a thousand, the oldest goes. */
export function createSessions(baseUrl: string): Sessions {
  const sessions = new Map<string, Session>();
  const secure = baseUrl.startsWith('https:');
  // Cookies are shared between the ports of a host: the name must not be one of the server's.
  const name = secure ? '__Host-demo_app' : 'demo_app';
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return {
    create() {
      const [oldest] = sessions.keys();
      if (oldest !== undefined && sessions.size >= mostSessions) sessions.delete(oldest);
      const session: Session = {
        id: randomBytes(32).toString('base64url'),
        formToken: randomBytes(32).toString('base64url'),
        pending: new Map(),
        signedIn: undefined,
        ended: undefined,
      };
      sessions.set(session.id, session);
      return session;
    },
    find(cookieHeader) {
      const pairs = (cookieHeader ?? '').split(';').map((pair) => pair.trim());
      const found = pairs.find((pair) => pair.startsWith(`${name}=`));
      return found ? sessions.get(found.slice(name.length + 1)) : undefined;
    },
    end(session) {
      sessions.delete(session.id);
    },
    cookie(session) {
      return session ? `${name}=${session.id}; ${attributes}` : `${name}=; ${attributes}; Max-Age=0`;
    },
  };
}
