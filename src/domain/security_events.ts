const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const risc = 'https://schemas.openid.net/secevent/risc/event-type/';

/** Security events that a stream can bring (CAEP 1.0, RISC 1.0). */
export const securityEventTypes = {
  session_revoked: `${caep}session-revoked`,
  credential_change: `${caep}credential-change`,
  assurance_level_change: `${caep}assurance-level-change`,
  token_claims_change: `${caep}token-claims-change`,
  account_disabled: `${risc}account-disabled`,
  account_enabled: `${risc}account-enabled`,
  account_purged: `${risc}account-purged`,
} as const;
export type SecurityEventType = keyof typeof securityEventTypes;

/** The event that a receiver asks for to see that its stream works (SSF 1.0 §8.1.4). */
export const verificationEvent = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

/** An event on its way to one stream, before it is signed. */
export interface SecurityEventNotice {
  streamId: string;
  /** The URI of its type. */
  type: string;
  /** Whom it is about; absent: the stream itself. */
  accountId?: string;
  /** The session it is about, as the receiver may know it; absent: the whole account. */
  sid?: string;
  members: Readonly<Record<string, unknown>>;
  /** The same for all events of one cause. */
  txn: string;
  /** Unix time in seconds. */
  issuedAt: number;
}

export type StreamStatus = 'enabled' | 'paused' | 'disabled';
/** `complex`: events name the session they are about; `iss_sub`: only the account. */
export type SubjectFormat = 'complex' | 'iss_sub';

/** What a receiver decides about its stream. */
export interface StreamSettings {
  /** Where events are pushed to, and the `Authorization` that goes with them; undefined: the receiver polls. */
  push?: { url: string; authorization?: string | undefined } | undefined;
  /** URIs of event types; undefined: all there are. */
  eventsRequested?: readonly string[] | undefined;
  description?: string | undefined;
  subjectFormat: SubjectFormat;
}

/** The receiver of a stream's notices. */
export function streamReceiver(streamId: string): string {
  return `ssf:${streamId}`;
}
