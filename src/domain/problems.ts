/** What an operator or a command's user can mend; the codes are stable. */
export const problemCodes = {
  configuration_invalid: 'The configuration has faults.',
  file_unwritable: 'The file cannot be written.',
  environment_invalid: 'The environment has faults.',
  policy_in_use: 'The policy is still in use.',
  policy_unknown: 'There is no such policy.',
  version_unknown: 'There is no such version of the configuration.',
  month_invalid: 'There can be no report of that month.',
  mail_refused: 'The mail server did not take the mail.',
  replay_differs: 'A replay of the trail differs from what it tells.',
  control_failed: 'Something lives past its limit, or was used after its end.',
  baseline_missed: 'A requirement of a baseline is neither met nor justified.',
  client_unknown: 'There is no such client.',
  client_exists: 'There is already a client of that id.',
  client_secret: 'The secret of the client cannot be rotated.',
  account_exists: 'There is already an account of that name.',
  account_unknown: 'There is no such account.',
  last_administrator: 'No administrator would be left.',
  account_disabled: 'The account is disabled.',
  email_missing: 'The account has no e-mail address.',
  mail_missing: 'There is no mail server.',
  issuer_missing: 'The address of the server is needed.',
  role_unknown: 'There is no such role.',
  question_empty: 'Nobody is asked about.',
  scope_unknown: 'There is no such scope.',
  resource_unknown: 'There is no such resource.',
  notice_unknown: 'There is no such notice.',
  session_unknown: 'There is no such session or family.',
  password_missing: 'A password is needed.',
  password_unfit: 'The password is too easily guessed.',
  database_unreachable: 'The database cannot be reached.',
  database_behind: 'The database lacks migrations.',
  database_role: 'The database role has the wrong rights.',
  trail_altered: 'The audit trail is not as it was sealed.',
  verification_running: 'The audit trail is being verified already.',
  key_unknown: 'There is no such signing key.',
  key_in_use: 'The signing key is still needed.',
  key_not_public: 'The next signing key is not known everywhere yet.',
  server_unreachable: 'The server cannot be reached.',
  sign_in_refused: 'The server refused to sign you in.',
  api_refused: 'The server refused.',
  backup_unreadable: 'The file is no backup, or damaged.',
  backup_unfit: 'The backup does not fit this version.',
  database_foreign: 'The database is not the embedded one.',
  database_used: 'The database holds something already.',
  unwell: 'Something is wrong with the installation.',
  secret_missing: 'A secret is needed.',
  secret_in_use: 'Something is still kept under an older secret.',
  secret_wrong: 'The secret does not open what is stored.',
} as const;
export type ProblemCode = keyof typeof problemCodes;

/** Thrown where a person can mend it. `message` is one line (or one line a fault) that says how. */
export class Problem extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Problem';
    this.code = code;
  }
}
