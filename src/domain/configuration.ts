import type { Deviation } from './deviations.ts';
import type { Instant } from './instants.ts';
import type { Policy } from './policies.ts';
import type { DeliverySettings } from './notices.ts';
import type { RateLimits } from './rate_limits.ts';
import type { KeySettings } from './signing_keys.ts';

export interface Role {
  name: string;
  policy?: string;
}

/** A scope beyond the standard OpenID Connect ones. */
export interface ScopeDefinition {
  name: string;
  description: string;
  /** Only accounts with one of these roles are granted the scope; absent: every account. */
  roles?: readonly string[];
  policy?: string;
  /** A fresh MFA is needed: its longest age in seconds, absent where the policies alone decide it. */
  stepUp?: { mfaMaxAge?: number };
}

/** A resource server, named by its RFC 8707 indicator. */
export interface ResourceDefinition {
  identifier: string;
  scopes: readonly string[];
  policy?: string;
}

/** Client metadata under its registered names (RFC 7591, OpenID Connect), without secrets. */
export type ClientMetadata = Record<string, unknown>;

export interface ClientDefinition {
  clientId: string;
  metadata: ClientMetadata;
  /** SHA-256 of the client's secret; absent for public clients and those with keys. */
  secretHash?: Buffer;
  /** SHA-256 of secrets that it had before, each good until its end. */
  formerSecrets?: readonly { hash: Buffer; endsAt: Instant }[];
  policy?: string;
  /** Learns limit, policy and version from refusals. */
  trusted: boolean;
  /** false: the same refresh token is returned (only confidential, sender-constrained clients). */
  refreshRotation: boolean;
  webOrigins: readonly string[];
  disabled: boolean;
}

/** A client as it once was: of its secret, which version of the configuration set it. */
export type PastClient = Omit<ClientDefinition, 'secretHash' | 'formerSecrets'> & { secretVersion?: number };

/** A client as it is wanted: its secret new, kept, or none. */
export type DesiredClient = Omit<ClientDefinition, 'disabled'> & {
  /** The secret stays the stored one, which there must be; `secretHash` is absent then. */
  keepsSecret?: boolean;
};

/** All that operators configure, as one consistent reading of the database. */
export interface Configuration {
  /** Rises with every change of any part. */
  version: number;
  policies: ReadonlyMap<string, Policy>;
  roles: ReadonlyMap<string, Role>;
  scopes: ReadonlyMap<string, ScopeDefinition>;
  resources: ReadonlyMap<string, ResourceDefinition>;
  clients: ReadonlyMap<string, ClientDefinition>;
  deviations?: ReadonlyMap<string, Deviation>;
  branding?: Branding;
  rateLimits?: Partial<RateLimits>;
  delivery?: DeliverySettings;
  audit?: AuditSettings;
  keys?: KeySettings;
}

/** All that was configured in a version of it. */
export interface PastConfiguration extends Configuration {
  clients: ReadonlyMap<string, PastClient>;
}

/** A user as a configuration file names one; what is left out stays as it is. */
export interface DesiredUser {
  username: string;
  roles?: readonly string[] | undefined;
  email?: string | undefined;
  name?: string | undefined;
  password?: string | undefined;
}

export interface AuditSettings {
  /** How long a month of the trail is kept after its end, in seconds. */
  retention?: number;
}

export const defaultAuditRetention = 400 * 86_400;
/** What the database insists on, whatever it is told. */
export const leastAuditRetention = 30 * 86_400;

/** What people see of the product. */
export interface Branding {
  name?: string;
  logoUri?: string;
}

/** What a configuration file wants; an absent section is left alone. */
export interface DesiredConfiguration {
  policies?: ReadonlyMap<string, Pick<Policy, 'limits' | 'baselines'>> | undefined;
  roles?: ReadonlyMap<string, Role> | undefined;
  scopes?: ReadonlyMap<string, ScopeDefinition> | undefined;
  resources?: ReadonlyMap<string, ResourceDefinition> | undefined;
  clients?: ReadonlyMap<string, DesiredClient> | undefined;
  users?: readonly DesiredUser[] | undefined;
  deviations?: ReadonlyMap<string, Deviation> | undefined;
  branding?: Branding | undefined;
  rate_limits?: Partial<RateLimits> | undefined;
  delivery?: DeliverySettings | undefined;
  audit?: AuditSettings | undefined;
  keys?: KeySettings | undefined;
}
