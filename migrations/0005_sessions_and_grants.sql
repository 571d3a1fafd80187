-- A browser's sign-in. What is stored is what happened; limits are applied when the question is asked.
create table sessions (
  session_id text primary key,
  -- SHA-256 of the cookie's value, which changes at each sign-in.
  cookie_hash bytea not null,
  account_id text references accounts,
  client_ids text[] not null default '{}',
  payload jsonb not null,
  created_at timestamptz not null default curfew_now(),
  -- The last full sign-in; null until somebody signed in.
  started_at timestamptz,
  last_activity_at timestamptz not null,
  password_at timestamptz,
  mfa_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  end_limit integer,
  end_policy text,
  end_policy_version integer,
  -- When the end was noticed: at its moment or later.
  end_found_at timestamptz,
  check ((ended_at is null) = (end_reason is null))
);
create unique index sessions_cookie on sessions (cookie_hash);
create index sessions_anonymous on sessions (created_at) where account_id is null;
create index sessions_account on sessions (account_id) where ended_at is null;

create table grants (
  grant_id text primary key,
  account_id text not null references accounts,
  client_id text not null,
  payload jsonb not null,
  created_at timestamptz not null default curfew_now()
);
create index grants_account on grants (account_id);

-- Short-lived things of the protocol: interactions, pushed requests, device codes, seen proofs.
create table artifacts (
  model text not null,
  id_hash bytea not null,
  payload jsonb not null,
  user_code_hash bytea,
  expires_at timestamptz not null,
  consumed_at timestamptz,
  -- Device codes: the last poll, and the seconds that must lie between two.
  polled_at timestamptz,
  poll_interval integer not null default 5,
  primary key (model, id_hash)
);
create unique index artifacts_user_code on artifacts (user_code_hash) where user_code_hash is not null;
create index artifacts_expiry on artifacts (expires_at);

-- Authorization codes, and device codes once they are approved.
create table authorization_codes (
  code_hash bytea primary key,
  account_id text not null references accounts,
  client_id text not null,
  session_id text not null,
  grant_id text not null,
  payload jsonb not null,
  -- The moments of the session's proofs when the code was issued: what its family may claim for ever.
  last_activity_at timestamptz not null,
  mfa_at timestamptz,
  issued_at timestamptz not null default curfew_now(),
  expires_at timestamptz not null,
  consumed_at timestamptz,
  family_id uuid
);
create index authorization_codes_account on authorization_codes (account_id) where consumed_at is null;
create index authorization_codes_expiry on authorization_codes (expires_at);

grant select, insert, update, delete on sessions, grants, artifacts, authorization_codes to curfew_server;
