/** At most `most` within `seconds`; what is beyond gets 429 until the window is over. */
export interface RateLimit {
  most: number;
  seconds: number;
}

/** What is counted, and against whom. Successful requests of clients are never counted. */
export const rateLimitKinds = {
  sign_in_address: 'Sign-ins from one address, right or wrong.',
  sign_in_account:
    'Wrong passwords for one username, from anywhere; the last one locks it for the whole time.',
  second_factor_address: 'Second-factor codes from one address, right or wrong.',
  password_link_address: 'Requests of one address for a link, of people who forgot their password.',
  password_link_account: 'Such requests for one username or e-mail address, from anywhere.',
  token_address: 'Token requests from one address whose client or token is unknown.',
  token_client: 'Token requests of one confidential client whose token is unknown.',
  device_address: 'Device authorization requests from one address.',
  device_code_address: 'Device user codes that one address tries.',
  introspection_address: 'Introspection and revocation requests from one address whose client is unknown.',
} as const;
export type RateLimitKind = keyof typeof rateLimitKinds;
/** Kinds whose last permitted failure locks for the whole length, not for the rest of a window. */
export const lockingKinds: ReadonlySet<RateLimitKind> = new Set(['sign_in_account']);
export type RateLimits = Record<RateLimitKind, RateLimit>;

export const defaultRateLimits: RateLimits = {
  sign_in_address: { most: 60, seconds: 600 },
  sign_in_account: { most: 20, seconds: 900 },
  second_factor_address: { most: 60, seconds: 600 },
  password_link_address: { most: 20, seconds: 600 },
  password_link_account: { most: 5, seconds: 3600 },
  token_address: { most: 120, seconds: 60 },
  token_client: { most: 600, seconds: 60 },
  device_address: { most: 60, seconds: 60 },
  device_code_address: { most: 20, seconds: 600 },
  introspection_address: { most: 120, seconds: 60 },
};
