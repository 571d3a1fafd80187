/** Why a session or a family ended. The codes are stable: clients, reports and the audit trail use them. */
export const endReasons = {
  idle_timeout: 'No activity for longer than the idle limit.',
  absolute_timeout: 'The absolute limit passed.',
  reuse_detected: 'A refresh token that had already been rotated was presented again.',
  code_reused: 'The authorization code was presented a second time.',
  revoked: 'The client revoked it.',
  signed_out: 'The user signed out, here or everywhere.',
  replaced: 'Another account signed in, in the same browser.',
  session_limit: 'The account had too many sessions; the least recently active one ended.',
  session_ended: 'The session it was bound to is gone.',
  account_disabled: 'The account was disabled or deleted.',
  client_disabled: 'The client was disabled or deleted.',
  credential_changed: 'A password or factor of the account was changed.',
  consent_withdrawn: 'The user withdrew the consent.',
  ended_by_operator: 'An operator ended it.',
  lease_over: 'The lease ended after the idle limit had passed.',
} as const;
export type EndReason = keyof typeof endReasons;

/** Refusals at the token endpoint that end nothing. */
export const refusalReasons = {
  unknown_token: 'The token is not known, or not for this client or key.',
  mfa_required: 'The policy asks for multi-factor authentication.',
  mfa_stale: 'The last multi-factor authentication is too old for a scope.',
  scope_withdrawn: 'The account no longer has the role that a scope needs.',
} as const;
export type RefusalReason = keyof typeof refusalReasons | EndReason;
