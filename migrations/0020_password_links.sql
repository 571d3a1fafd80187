-- A one-time link with which somebody sets the password of their account: at most one an account, so that a new
-- one replaces the last. Using it deletes it.
create table password_links (
  token_hash bytea primary key,
  account_id text not null unique references accounts,
  -- `invitation` or `forgotten`.
  purpose text not null,
  created_at timestamptz not null default curfew_now(),
  -- Told to whoever gets the link, and never moved.
  expires_at timestamptz not null
);
create index password_links_expiry on password_links (expires_at);

-- Who forgot their password may name their address instead of their username.
create index accounts_email on accounts (lower(email)) where email is not null;

grant select, insert, update, delete on password_links to curfew_server;
