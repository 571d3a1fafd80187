/** An idle and an absolute limit in seconds; null: not set. */
export type SweptPair = readonly [idle: number | null, absolute: number | null];

/**
 * What the idle and absolute limits of anything are worked out from: the smallest that its roles, clients, resources and
 * scopes bring by their names, else the fallback.
 */
export interface SweptLimits {
  roles: Readonly<Record<string, SweptPair>>;
  clients: Readonly<Record<string, SweptPair>>;
  resources: Readonly<Record<string, SweptPair>>;
  scopes: Readonly<Record<string, SweptPair>>;
  fallback: readonly [idle: number, absolute: number];
}
