import type { Instant } from '../domain/instants.ts';
import type { Origin } from '../domain/origin.ts';
import type { RotateOptions } from '../operations/rotate_signing_keys.ts';
import type { FixedFacts } from '../reports/report_compliance.ts';
import type { EventFilter } from '../store/audit_events.ts';
import type { LoadedConfiguration } from '../store/configuration.ts';
import type { Database, Queryable } from '../store/database.ts';

/** Who calls, by a token for the resource `<issuer>/admin` that was looked up just now. */
export interface Administrator {
  clientId: string;
  /** Absent: a client acts for itself, which opens nothing here. */
  accountId?: string;
  scopes: readonly string[];
  now: Instant;
  /** When a second factor was last proved; absent: never. */
  mfaAt?: Instant;
  /** How old that may be by the limits in force for the token, in seconds. */
  mfaMaxAge?: number;
}

/** What the routes need; built in `app.ts`. */
export interface AdminDependencies {
  issuer: string;
  database: Database;
  readBearer(token: string): Promise<Administrator | undefined>;
  /** The configuration in force. */
  configuration(): Promise<LoadedConfiguration>;
  /** Whether it has a mail server. */
  sendsMail: boolean;
  /** Read in the transaction of a change. */
  loadConfiguration(tx: Queryable): Promise<LoadedConfiguration>;
  /** What the server does whatever is configured, as far as baselines speak of it. */
  fixedFacts: FixedFacts;
  /** Throws Problem `key_not_public`. */
  rotateSigningKeys(tx: Queryable, options: RotateOptions, origin: Origin): Promise<unknown>;
  /** The events, the oldest first, each as JSON, and at last the checkpoint. */
  exportTrail(filter: EventFilter): AsyncIterable<string>;
  /** Throws Problem `verification_running` while another one is under way here. */
  verifyTrail(asked: { checkpoint?: string | undefined }): Promise<VerifiedTrail>;
}

/** The trail as it was found beside its seals; `since` undefined: there is none. */
export interface VerifiedTrail {
  seals: number;
  since: string | undefined;
  events: number;
  dropped: number;
  unsealed: { count: number; oldestSeconds: number };
  checkpoint: string | undefined;
  faults: string[];
}
