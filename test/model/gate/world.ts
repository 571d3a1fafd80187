/** Moments are whole microseconds since the Unix epoch, durations are seconds. */
export type Moment = number;
export const second = 1_000_000;

export interface PolicyLimits {
  access_token_ttl: number;
  refresh_idle: number;
  refresh_absolute: number;
  refresh_overlap: number;
  session_idle: number;
  session_absolute: number;
  mfa: 'none' | 'step_up' | 'always';
  mfa_max_age: number;
  /** Only a passkey's proof counts. */
  mfa_phishing_resistant: boolean;
  activity: 'any_refresh' | 'reported';
  max_sessions: number;
}
export type PolicyField = keyof PolicyLimits;

export interface Policy {
  name: string;
  version: number;
  limits: Partial<PolicyLimits>;
}

export interface Client {
  clientId: string;
  policy?: string;
  /** Learns limit, policy and version from refusals. */
  trusted: boolean;
  /** Without a secret: what it gets with a proof is bound to the proof's key. */
  public: boolean;
  rotates: boolean;
  disabled?: boolean;
}

export interface Scope {
  name: string;
  resource: string;
  policy?: string;
  /** Only accounts with one of these roles have it. */
  roles?: string[];
  /** A second factor no older than this opens it, and no older than the policies say. */
  stepUp?: { maxAge?: number };
}

export interface World {
  now: Moment;
  policies: Map<string, Policy>;
  /** The policy of each role, client, resource and scope that carries one. */
  roles: Map<string, string | undefined>;
  clients: Map<string, Client>;
  resources: Map<string, string | undefined>;
  scopes: Map<string, Scope>;
  accounts: Account[];
  browsers: Browser[];
  sessions: Session[];
  families: Family[];
  codes: Code[];
  /** What the trail must have got since somebody last looked. */
  events: ExpectedEvent[];
}

/** One person's; it keeps the cookie of a session that has ended. */
export interface Browser {
  account: Account;
  session?: Session | undefined;
}

export interface Account {
  roles: Set<string>;
  disabled: boolean;
  /** The last time step whose code was accepted. */
  timeStep: number;
  /** What it allowed each client: its OpenID Connect scopes, and those of each resource. */
  consents: Map<string, Consent>;
}

export interface Consent {
  openid: Set<string>;
  resources: Map<string, Set<string>>;
}

/** A limit with the policies that set it to this value. */
export interface Limit {
  value: number;
  sources: string[];
}

export interface End {
  reason: string;
  at: Moment;
  /** The limits that passed at this very moment for this reason; none for an end that is no limit. */
  limits: Limit[];
  /** Somebody noticed, and it is in the store. */
  stored: boolean;
}

export interface Session {
  account: Account;
  clients: Set<string>;
  startedAt: Moment;
  activityAt: Moment;
  mfaAt?: Moment | undefined;
  /** By a passkey. */
  passkeyAt?: Moment | undefined;
  end?: End | undefined;
}

export interface Family {
  account: Account;
  client: string;
  session: Session;
  bound: boolean;
  scopes: Set<string>;
  resources: string[];
  /** The key that it is bound to. */
  key?: string | undefined;
  startedAt: Moment;
  activityAt: Moment;
  mfaAt?: Moment | undefined;
  /** By a passkey. */
  passkeyAt?: Moment | undefined;
  end?: End | undefined;
  /** Oldest first; the last one is current. */
  tokens: Token[];
}

export interface Token {
  family: Family;
  rotation?: Rotation | undefined;
}

/** The first use of a token. */
export interface Rotation {
  at: Moment;
  successor: Token;
  key?: string | undefined;
  /** `inactive_for` as it counted; undefined: it was no activity. */
  inactiveFor?: number | undefined;
  /** false once the successor can be handed out to nobody any more. */
  sealed: boolean;
  retries: number;
}

export interface Code {
  account: Account;
  client: string;
  session: Session;
  bound: boolean;
  scopes: Set<string>;
  resources: string[];
  issuedAt: Moment;
  activityAt: Moment;
  mfaAt?: Moment | undefined;
  /** By a passkey. */
  passkeyAt?: Moment | undefined;
  family?: Family | undefined;
  /** Deleted: nobody knows it any more. */
  forgotten: boolean;
}

export interface ExpectedEvent {
  name: string;
  account: Account;
  client?: string | undefined;
  session?: Session | undefined;
  family?: Family | undefined;
  /** What of its detail is known beforehand; undefined: nothing is compared. */
  detail?: Record<string, unknown> | undefined;
}

/** Note an event of a family, as every event of one names all that it belongs to. */
export function noteFamily(
  world: World,
  name: string,
  family: Family,
  detail: Record<string, unknown>,
): void {
  const { account, client, session } = family;
  world.events.push({ name, account, client, session, family, detail });
}
