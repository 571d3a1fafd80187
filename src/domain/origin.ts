/** Where a request came from, for the trail. */
export interface Origin {
  requestId?: string | undefined;
  /** The caller's address, as the trusted proxies tell it. */
  address?: string | undefined;
  /** The browser or program as it names itself; at most 512 characters. */
  userAgent?: string | undefined;
  /** Who acted where no account did: `operator`, `curfew apply`, `sweeper`. */
  actor?: string | undefined;
}
