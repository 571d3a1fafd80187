/** What somebody outside is told. */
export type NoticeKind = 'backchannel_logout' | 'mail' | 'security_event';

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

/** Something happened to an account: what its owner is told by mail. */
export interface MailNotice {
  mail:
    | 'factor_enrolled'
    | 'factor_removed'
    | 'passkey_added'
    | 'passkey_removed'
    | 'factors_removed'
    | 'factors_disabled'
    | 'recovery_code_used'
    | 'recovery_codes_renewed'
    | 'password_changed'
    | 'password_set'
    | 'password_forgotten'
    | 'password_invitation'
    | 'account_recovered';
  /** null: nobody's; it is thrown away where it would be sent. */
  accountId: string | null;
  /** When, in words (RFC 9110 §5.6.7). */
  at: string;
  /** The network address it came from. */
  address?: string;
}

/** How notices leave the house. */
export interface DeliverySettings {
  /** Networks (CIDR) that notices may be sent to although they are private; none by default. */
  allowedNetworks?: readonly string[];
}
