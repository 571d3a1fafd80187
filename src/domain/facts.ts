import type { Instant } from './instants.ts';
import type { Lease } from './leases.ts';
import type { EndReason } from './reasons.ts';

/** How something ended: stored once, never changed afterwards. */
export interface End {
  reason: EndReason;
  /** The moment of the end: for a limit, when it passed; not when somebody noticed. */
  at: Instant;
  /** The limit that passed, in seconds, and the policy that set it. */
  limit?: number;
  policy?: string;
  policyVersion?: number;
  /** Of a session: what the operator who ended it tells its person, in their own words. */
  note?: string;
}

export interface SessionFacts {
  sessionId: string;
  accountId: string;
  /** Every client that signed in through it. */
  clientIds: readonly string[];
  /** The last full sign-in. */
  startedAt: Instant;
  lastActivityAt: Instant;
  end?: End;
}

export interface FamilyFacts {
  familyId: string;
  accountId: string;
  clientId: string;
  /** The session it came from, if that still exists in the store. */
  sessionId: string;
  /** true: ends with its session. false: offline, with clocks of its own. */
  bound: boolean;
  scopes: readonly string[];
  resources: readonly string[];
  startedAt: Instant;
  lastActivityAt: Instant;
  /** When the user last proved a second factor, as of the issue of the family's code. */
  mfaAt?: Instant;
  /** Likewise, one that is phishing-resistant: a passkey. */
  phrAt?: Instant;
  /** Offline families only. */
  lease?: Lease;
  end?: End;
}

/** What is known of a presented refresh token itself. */
export interface RefreshTokenFacts {
  rotatedAt?: Instant;
  /** The successor has not been exchanged and can be handed out again. Meaningless before rotation. */
  successorUnused: boolean;
  /** Retries served later than `freeRetrySeconds` after the rotation. */
  retries: number;
  /** Thumbprint of the DPoP proof that came with the rotation. */
  rotationKey?: string;
  /** `inactive_for` as it counted at the rotation: 0 when any refresh is activity; absent: no activity. */
  inactiveFor?: number;
}

/** The account as a decision needs it. */
export interface AccountFacts {
  accountId: string;
  /** Rises with every change of roles, state or credentials. */
  version: number;
  roles: readonly string[];
  disabled: boolean;
}
