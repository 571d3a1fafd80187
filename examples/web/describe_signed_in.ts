import type { SignedIn } from './sessions.ts';
import { decodeClaims } from './tokens.ts';
import type { Deadlines } from './tokens.ts';

/** What the page shows of the tokens; `app.js` asks for the same as JSON. Never the tokens themselves. */
export interface Description {
  /** This app's clock, in milliseconds since 1970: the browser's may be wrong. */
  readonly now: number;
  readonly receivedAt: number;
  readonly deadlines: Deadlines;
  readonly note: string;
  readonly roles: string;
  readonly scope: string;
  readonly claims: string;
}

export function describeSignedIn({ tokens, note }: SignedIn, now: number): Description {
  const claims = decodeClaims(tokens.accessToken);
  const roles = Array.isArray(claims?.roles) ? claims.roles.join(', ') || 'none' : 'not in the access token';
  return {
    now,
    receivedAt: tokens.receivedAt,
    deadlines: tokens.deadlines,
    note: note ?? 'Not refreshed yet.',
    roles,
    scope: tokens.scope ?? 'as asked for',
    claims: claims
      ? JSON.stringify(claims, null, 2)
      : 'This access token is opaque: only the server can read it.',
  };
}
