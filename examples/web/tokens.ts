import type { TokenEndpointResponse } from 'openid-client';

/** Something that ends: `endAt` in milliseconds since 1970, and the seconds the server gave it. */
export interface Deadline {
  readonly endAt: number;
  readonly seconds: number;
}

export interface Deadlines {
  readonly accessToken: Deadline | undefined;
  /** Without a refresh until then, the next one is refused: `refresh_token_timeout`. */
  readonly idle: Deadline | undefined;
  /** From then on every refresh is refused: `authorization_expires_in`. */
  readonly absolute: Deadline | undefined;
}

/** The tokens of one sign-in, as last received. */
export interface HeldTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
  readonly scope: string | undefined;
  readonly deadlines: Deadlines;
  readonly receivedAt: number;
}

/** What an answer leaves out of a refresh stays as it was `before`, except the deadlines. */
export function holdTokens(
  answer: TokenEndpointResponse,
  receivedAt: number,
  before?: HeldTokens,
): HeldTokens {
  const deadline = (seconds: unknown) => readDeadline(seconds, receivedAt);
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? before?.refreshToken,
    idToken: answer.id_token ?? before?.idToken,
    scope: answer.scope ?? before?.scope,
    deadlines: {
      accessToken: deadline(answer.expires_in),
      idle: deadline(answer.refresh_token_timeout),
      absolute: deadline(answer.authorization_expires_in),
    },
    receivedAt,
  };
}

/** The claims of a JWT, unverified: for looking only. Undefined for a token that is not a JWT. */
export function decodeClaims(token: string): Record<string, unknown> | undefined {
  const [, payload, signature] = token.split('.');
  if (!payload || !signature) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined;
  } catch {
    // Dots alone make no JWT: an opaque token may hold anything.
    return undefined;
  }
}

function readDeadline(seconds: unknown, receivedAt: number): Deadline | undefined {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return undefined;
  return { endAt: receivedAt + seconds * 1000, seconds };
}
