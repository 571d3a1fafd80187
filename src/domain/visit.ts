import type { Configuration } from './configuration.ts';
import type { SessionFacts } from './facts.ts';
import type { Instant } from './instants.ts';
import type { Origin } from './origin.ts';

/** Somebody signed in, at one of their own pages or at an operators' one. */
export interface Visit {
  accountId: string;
  session: SessionFacts;
  roles: readonly string[];
  configuration: Configuration;
  now: Instant;
  origin: Origin;
  /** For the forms of the pages: good in this session alone. */
  csrfToken: string;
}
