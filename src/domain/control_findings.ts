/** What the detective control looks for. The names are stable: events, metrics and reports use them. */
export const findingKinds = {
  session_past_limit: 'A session is open past its idle or absolute limit.',
  family_past_limit:
    'A family is open past its idle or absolute limit, or past one of the session that it is bound to.',
  lease_past_end: 'A family is open past the end of its lease, and its idle limit is over.',
  family_outlived_session: 'A family is open although the session that it is bound to has ended or is gone.',
  barred_session: 'A session of a disabled or deleted account is open.',
  barred_family: 'A family of a disabled or deleted account or client is open.',
  used_after_end: 'A token was given, or a session extended, after the end of its family or session.',
  token_past_limit: 'An access token was given that lives longer than the limits of its family let it.',
  scope_outlived_role: 'A refresh gave a scope whose role the account had no more.',
} as const;
export type FindingKind = keyof typeof findingKinds;

/** What happened and is no state that could pass: it stands for a day. */
export const pastKinds = [
  'used_after_end',
  'token_past_limit',
  'scope_outlived_role',
] as const satisfies FindingKind[];
