import type { JWTPayload } from 'jose';

/** What a request must bring. */
export interface Demand {
  readonly scope: string;
  /** How the user must have been authenticated, and at most how many seconds ago. */
  readonly authentication?: { readonly acr: string; readonly maxAge: number };
}

/** A refusal whose `WWW-Authenticate` tells the client what to do about it. */
export interface Challenge {
  readonly status: 401 | 403;
  readonly parameters: Readonly<Record<string, string>>;
}

/** RFC 6750 §3.1: whoever sent no token is told no error. */
export const missingToken: Challenge = { status: 401, parameters: {} };

export const invalidToken: Challenge = {
  status: 401,
  parameters: { error: 'invalid_token', error_description: 'The access token is not valid here' },
};

/** What a valid token lacks; undefined: nothing. `now` in seconds since 1970. */
export function checkAccess(
  claims: JWTPayload,
  { scope, authentication }: Demand,
  now: number,
): Challenge | undefined {
  const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
  if (!scopes.includes(scope)) {
    const description = 'The access token lacks a scope';
    return {
      status: 403,
      parameters: { error: 'insufficient_scope', error_description: description, scope },
    };
  }
  const { acr, auth_time: authTime } = claims;
  if (!authentication) return undefined;
  const isRecent = typeof authTime === 'number' && now - authTime <= authentication.maxAge;
  return acr === authentication.acr && isRecent ? undefined : askForAuthentication(authentication);
}

/** RFC 9470 §3: the client takes these values to the authorization server and comes back. */
function askForAuthentication({ acr, maxAge }: { acr: string; maxAge: number }): Challenge {
  return {
    status: 401,
    parameters: {
      error: 'insufficient_user_authentication',
      error_description: 'A second factor must have been proved more recently',
      acr_values: acr,
      max_age: String(maxAge),
    },
  };
}
