-- Passkeys (WebAuthn). A public key is no secret; who has the private one is asked to sign a challenge.
create table passkeys (
  passkey_id uuid primary key,
  account_id text not null references accounts,
  -- As the authenticator names it; of one account alone.
  credential_id bytea not null unique check (octet_length(credential_id) between 1 and 1023),
  -- COSE_Key (RFC 9052).
  public_key bytea not null,
  -- The authenticator's own count of its signatures; stays 0 where it keeps none.
  counter bigint not null,
  transports text[] not null,
  -- Whether it may be copied to other devices of its owner, and whether it is by now.
  backup_eligible boolean not null,
  backed_up boolean not null,
  name text not null,
  created_at timestamptz not null default curfew_now(),
  last_used_at timestamptz
);
create index passkeys_account on passkeys (account_id);

-- Challenges that wait for their answer, each good once and only where it was made: hashed together with its
-- purpose and its session or interaction. Unlogged: a crash forgets them, and whoever waits asks again.
create unlogged table passkey_challenges (
  challenge_hash bytea primary key,
  expires_at timestamptz not null
);
create index passkey_challenges_expiry on passkey_challenges (expires_at);

grant select, insert, delete on passkeys, passkey_challenges to curfew_server;
-- The cleaning locks the rows that it deletes, which takes this right on a column.
grant update (expires_at) on passkey_challenges to curfew_server;
grant update (name, counter, backed_up, last_used_at) on passkeys to curfew_server;
