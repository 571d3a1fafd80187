/** Where a request came from, for the trail. */
export interface Origin {
  requestId?: string | undefined;
  /** The caller's address, as the trusted proxies tell it. */
  address?: string | undefined;
  /** Who acted where no account did: `operator`, `curfew apply`, `sweeper`. */
  actor?: string | undefined;
}
