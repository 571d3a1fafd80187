import type { RunningFacts } from '../../src/policy/baselines/running_facts.ts';

/** A server that misses nothing any baseline asks of it. */
export const soundFacts: RunningFacts = {
  passwordAttempts: { most: 5, seconds: 1800 },
  passwordsInARow: 100,
  codesInARow: 100,
  isCodeTakenOnce: true,
  totpLifetime: 30,
  authorizationCodeLifetime: 60,
  requestUriLifetime: 60,
  unboundClients: [],
  rotatingClients: [],
  sessionCookie: {
    name: '__Host-session',
    secretBits: 128,
    secure: true,
    httpOnly: true,
    sameSite: 'lax',
  },
  offersPhishingResistance: true,
};
