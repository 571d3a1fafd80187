import type { DurationField } from '../../domain/policies.ts';

/** What a requirement looks at, and how. Durations in seconds; a limit of exactly that length meets it. */
export type Check =
  /** None of these limits is longer. */
  | { kind: 'longest'; fields: readonly DurationField[]; seconds: number }
  /** Somebody wrote these limits down: they are not merely those that the product brings. */
  | { kind: 'written'; fields: readonly DurationField[] }
  /** A second factor at every sign-in. */
  | { kind: 'mfa' }
  /** Signing in takes a factor that cannot be phished. */
  | { kind: 'phishing_resistant_mfa' }
  /** A factor that cannot be phished is offered. */
  | { kind: 'phishing_resistant_option' }
  /** A refresh alone is no sign of a person. */
  | { kind: 'presence' }
  /** Sessions at once: `privileged` where the policy also claims a baseline for privileged users. */
  | { kind: 'most_sessions'; most: number; privileged: number }
  /** Wrong passwords for an account before it is locked, and for how long it stays so at least. */
  | { kind: 'password_attempts'; most: number; lockSeconds?: number }
  /** Wrong proofs in a row, passwords and codes alike, before that authenticator takes none any more. */
  | { kind: 'attempts_in_a_row'; most: number }
  /** A one-time code is accepted once. */
  | { kind: 'code_once' }
  /** A time-based code is accepted for no longer than this. */
  | { kind: 'totp_lifetime'; seconds: number }
  | { kind: 'authorization_code_lifetime'; seconds: number }
  /** The address of a pushed authorization request is taken for no longer than this. */
  | { kind: 'request_uri_lifetime'; seconds: number }
  /** Tokens of every app are bound to a key that it has. */
  | { kind: 'bound_tokens' }
  /** Refresh tokens are not rotated. */
  | { kind: 'unrotated' }
  /** Random bits of the secret in the session's cookie. */
  | { kind: 'session_secret_bits'; least: number }
  /** The session's cookie goes over TLS alone. */
  | { kind: 'cookie_secure' }
  /** It is kept from scripts, other sites and other hosts. */
  | { kind: 'cookie_scope' };

/** One thing that a standard asks for. */
export interface Requirement {
  /** `<baseline>/<subject>`; stable, for deviations name it. */
  id: string;
  /** Within the baseline's source. */
  section: string;
  /** `must`: the source says SHALL, MUST or gives the exact value. `should`: it recommends, or calls it common. */
  modality: 'must' | 'should';
  /** What is asked for, as a sentence. */
  text: string;
  check: Check;
}

/** The part of a standard that a policy can claim to meet. */
export interface Baseline {
  id: string;
  source: string;
  /** Whom it is for. */
  title: string;
  requirements: readonly Requirement[];
}

const idleFields = ['session_idle', 'refresh_idle', 'lease_max'] as const;
const absoluteFields = ['session_absolute', 'refresh_absolute'] as const;

type Wording = Pick<Requirement, 'section' | 'modality'>;

/** A longest time without activity. A lease lets the idle limit rest, so that it counts as one. */
export function idleWithin(seconds: number, text: string, wording: Wording): Omit<Requirement, 'id'> {
  return { ...wording, text, check: { kind: 'longest', fields: idleFields, seconds } };
}

/** A longest time since the sign-in, or since the first issue of a refresh token. */
export function absoluteWithin(seconds: number, text: string, wording: Wording): Omit<Requirement, 'id'> {
  return { ...wording, text, check: { kind: 'longest', fields: absoluteFields, seconds } };
}

/** A requirement that is its check, in other words. */
export function asks(
  check: Check,
  text: string,
  section: string,
  modality: Requirement['modality'] = 'must',
): Omit<Requirement, 'id'> {
  return { section, modality, text, check };
}

/** Name the requirements of a baseline by their subjects. */
export function baseline(
  { id, source, title }: Omit<Baseline, 'requirements'>,
  requirements: Readonly<Record<string, Omit<Requirement, 'id'>>>,
): Baseline {
  return {
    id,
    source,
    title,
    requirements: Object.entries(requirements).map(([subject, requirement]) => ({
      id: `${id}/${subject}`,
      ...requirement,
    })),
  };
}
