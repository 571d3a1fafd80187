import type { RateLimit } from '../../domain/rate_limits.ts';

/** What a server does whichever policy applies, as far as baselines speak of it. Durations in seconds. */
export interface RunningFacts {
  /** Wrong passwords that lock an account, and for how long. */
  passwordAttempts: RateLimit;
  /** Wrong passwords in a row after which the password takes no more; undefined: it never does. */
  passwordsInARow: number | undefined;
  /** Likewise wrong codes, for authenticator apps. */
  codesInARow: number | undefined;
  isCodeTakenOnce: boolean;
  /** For how long a time-based code is taken, from the beginning of its step. */
  totpLifetime: number;
  authorizationCodeLifetime: number;
  requestUriLifetime: number;
  /** Apps whose tokens need no proof of a key, and those whose refresh tokens are rotated, by id. */
  unboundClients: readonly string[];
  rotatingClients: readonly string[];
  sessionCookie: { secretBits: number; secure: boolean; httpOnly: boolean; sameSite: string; name: string };
  /** People can sign in with a factor that cannot be phished. */
  offersPhishingResistance: boolean;
}
