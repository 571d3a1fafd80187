-- Wrong passwords in a row, each counted before it is looked at; a right one deletes the row. One row for each
-- username that is tried by somebody unknown, whether there is such an account or not, and one for each browser
-- that the account knows and for each session in which it is asked again.
create table sign_in_failures (
  subject_hash bytea primary key,
  -- Only where the row is the account's own: of a browser, or of a session.
  account_id text references accounts,
  failures integer not null,
  last_failed_at timestamptz not null,
  -- Until when nothing more is looked at.
  blocked_until timestamptz,
  -- Whether the trail has the first refusal of this block.
  refusal_recorded boolean not null default false,
  -- Forgotten then.
  expires_at timestamptz not null
);
create index sign_in_failures_account on sign_in_failures (account_id) where account_id is not null;
create index sign_in_failures_expiry on sign_in_failures (expires_at);

-- Browsers that signed in to an account. Each has an allowance of its own, which nobody else can use up.
create table known_devices (
  -- Of the browser's cookie, which every sign-in replaces.
  device_hash bytea not null,
  account_id text not null references accounts,
  -- Stays when the cookie is replaced: whose wrong passwords are counted.
  device_id uuid not null default gen_random_uuid(),
  signed_in_at timestamptz not null default curfew_now(),
  expires_at timestamptz not null,
  primary key (device_hash, account_id)
);
create index known_devices_account on known_devices (account_id, signed_in_at);
create index known_devices_expiry on known_devices (expires_at);

grant select, insert, update, delete on sign_in_failures, known_devices to curfew_server;
