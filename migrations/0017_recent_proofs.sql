-- Too many wrong codes in a row: no code of this authenticator is taken any more.
alter table totp_factors add column disabled_at timestamptz;

-- When the password and the second factor were last proved on an account page, for a change of the account.
-- Apart from the session's own proofs: no app is told of these, and none lets one in.
alter table sessions
  add column reproved_password_at timestamptz,
  add column reproved_factor_at timestamptz;
