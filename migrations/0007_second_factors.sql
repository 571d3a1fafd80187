-- Authenticator apps. The secret is encrypted at rest; a factor counts from its confirmation on.
create table totp_factors (
  factor_id uuid primary key,
  account_id text not null references accounts,
  name text not null,
  secret_sealed text not null,
  -- The session that sets it up: nobody else is shown its secret.
  session_id text not null,
  created_at timestamptz not null default curfew_now(),
  confirmed_at timestamptz
);
create index totp_factors_account on totp_factors (account_id);

-- One row an account that ever met a second factor: what makes codes single-use and guesses slow.
create table second_factor_states (
  account_id text primary key references accounts,
  -- The time step of the last accepted TOTP code; the next must be later.
  last_step bigint,
  -- Attempts since the last success, counted before the code is looked at.
  failures integer not null default 0,
  blocked_until timestamptz
);

create table recovery_codes (
  account_id text not null references accounts,
  code_hash bytea not null,
  created_at timestamptz not null default curfew_now(),
  used_at timestamptz,
  primary key (account_id, code_hash)
);

grant select, insert, update, delete on totp_factors, second_factor_states, recovery_codes to curfew_server;
