/** A policy field that holds seconds: smaller is stricter. */
export type DurationField =
  | 'access_token_ttl'
  | 'refresh_idle'
  | 'refresh_absolute'
  | 'refresh_overlap'
  | 'session_idle'
  | 'session_absolute'
  | 'mfa_max_age'
  | 'lease_max';

/** `always` is stricter than `step_up`, `step_up` than `none`. */
export type MfaRequirement = 'none' | 'step_up' | 'always';
/** What counts as activity at a refresh; `reported` is stricter than `any_refresh`. */
export type ActivityRule = 'any_refresh' | 'reported';

/** Who may set up a first second factor; `invited`, by an operator's link, is stricter than `open`. */
export type EnrolmentRule = 'open' | 'invited';

/** Every limit, in seconds where it is a duration. The names are those of the configuration file. */
export interface Limits extends Record<DurationField, number> {
  mfa: MfaRequirement;
  /** Where a second factor is asked for, only a passkey will do; true is stricter. */
  mfa_phishing_resistant: boolean;
  /** Whether a first second factor takes an operator's invitation. */
  enrolment: EnrolmentRule;
  activity: ActivityRule;
  max_sessions: number;
}
export type LimitField = keyof Limits;

/** A named, versioned bundle of limits. A field it does not set says nothing: never "unlimited". */
export interface Policy {
  name: string;
  version: number;
  limits: Partial<Limits>;
  /** Ids of the baseline catalogue that the policy claims to meet. */
  baselines: readonly string[];
}

/** The built-in policy `default`: strict, and complete, so that every field has a value. */
export const builtInDefaultPolicy: Policy & { limits: Limits } = {
  name: 'default',
  version: 0,
  limits: {
    access_token_ttl: 300,
    refresh_idle: 900,
    refresh_absolute: 28_800,
    refresh_overlap: 10,
    session_idle: 900,
    session_absolute: 28_800,
    mfa: 'step_up',
    mfa_phishing_resistant: false,
    mfa_max_age: 300,
    enrolment: 'open',
    activity: 'any_refresh',
    max_sessions: 5,
    lease_max: 0,
  },
  baselines: [],
};

/** A limit in force, and the policy that set it. */
export interface EffectiveLimit<Value> {
  value: Value;
  policy: string;
  version: number;
}
export type EffectiveLimits = { [Field in LimitField]: EffectiveLimit<Limits[Field]> };
