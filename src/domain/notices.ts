/** What somebody outside is told. */
export type NoticeKind = 'backchannel_logout';

/** A notice to be queued: `receiver` names whom it waits for. */
export interface NewNotice {
  kind: NoticeKind;
  receiver: string;
  payload: Readonly<Record<string, unknown>>;
}

/** A session of an account has ended: what its client is told. */
export interface LogoutNotice {
  clientId: string;
  accountId: string;
  /** The session as this client knows it. */
  sid: string;
}

/** How notices leave the house. */
export interface DeliverySettings {
  /** Networks (CIDR) that notices may be sent to although they are private; none by default. */
  allowedNetworks?: readonly string[];
}
