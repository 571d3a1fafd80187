import type { AddressRules } from '../delivery/address_guard.ts';
import type { SignSecurityEvent } from '../delivery/sign_security_event.ts';
import type { Origin } from '../domain/origin.ts';
import type { StreamSettings } from '../domain/security_events.ts';
import type { Database } from '../store/database.ts';
import type { StoredStream, StreamReference } from '../store/ssf_streams.ts';

export interface SsfDependencies {
  issuer: string;
  database: Database;
  /** What a bearer token for these routes opens; undefined: nothing. */
  readBearer(token: string): Promise<{ clientId: string; scopes: readonly string[] } | undefined>;
  /** Public keys that events are signed with, those of the moment. */
  keys(): readonly object[];
  signSecurityEvent: SignSecurityEvent;
  addressRules(): AddressRules;
  createStream(
    wish: { clientId: string; settings: StreamSettings },
    origin: Origin,
  ): Promise<StoredStream | undefined>;
  changeStream(
    reference: StreamReference,
    change: (current: StoredStream) => StreamSettings,
    origin: Origin,
  ): Promise<StoredStream | undefined>;
  /** The `Authorization` that a stream's receiver wants with each push. */
  openAuthorization(stream: StoredStream): string | undefined;
  /** Aborted when the server stops: whoever waits is answered. */
  stopping: AbortSignal;
}
