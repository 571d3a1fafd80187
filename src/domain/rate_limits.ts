/** At most `most` within `seconds`; what is beyond gets 429 until the window is over. */
export interface RateLimit {
  most: number;
  seconds: number;
}

/**
 * At most `most` wrong ones in a row; then each one makes the next wait for `seconds`, doubled each time, but
 * never longer than `longest`, in seconds too. undefined: the default.
 */
export interface LockOut extends RateLimit {
  longest?: number | undefined;
}

/** What locks out by wrong passwords in a row. */
export const lockOutKinds = {
  sign_in_account:
    'Wrong passwords in a row for one username, from browsers that its account does not know; then one at a time.',
  sign_in_device:
    'The same of one browser that signed in to the account before, or in one of its sessions: nobody else uses it up.',
} as const;
export type LockOutKind = keyof typeof lockOutKinds;

/** What is counted, and against whom. Successful requests of clients are never counted. */
export const rateLimitKinds = {
  sign_in_address: 'Sign-ins from one address, right or wrong.',
  sign_in_network: 'Sign-ins from one network, right or wrong: the first 24 bits of IPv4, 48 of IPv6.',
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

/** `known_devices`: how many browsers of one account have an allowance of their own, and how long after a sign-in. */
export type RateLimits = Record<RateLimitKind | 'known_devices', RateLimit> & Record<LockOutKind, LockOut>;

export const defaultRateLimits: RateLimits & Record<LockOutKind, LockOut & { longest: number }> = {
  sign_in_address: { most: 60, seconds: 600 },
  sign_in_network: { most: 300, seconds: 600 },
  sign_in_account: { most: 20, seconds: 900, longest: 14_400 },
  sign_in_device: { most: 10, seconds: 900, longest: 14_400 },
  known_devices: { most: 10, seconds: 90 * 86_400 },
  second_factor_address: { most: 60, seconds: 600 },
  password_link_address: { most: 20, seconds: 600 },
  password_link_account: { most: 5, seconds: 3600 },
  token_address: { most: 120, seconds: 60 },
  token_client: { most: 600, seconds: 60 },
  device_address: { most: 60, seconds: 60 },
  device_code_address: { most: 20, seconds: 600 },
  introspection_address: { most: 120, seconds: 60 },
};
