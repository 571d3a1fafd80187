-- A signing key is `next` until it is activated, then `current` until it is replaced, then `previous` until nothing
-- that it signed is valid any more; it is removed then, and its private half with it.
alter table signing_keys
  add column activated_at timestamptz,
  add column replaced_at timestamptz,
  add column published_until timestamptz,
  -- For how many seconds a JWKS that was fetched just before this key was made may be kept.
  add column jwks_max_age integer not null default 3600,
  add constraint signing_keys_states check (
    (replaced_at is null) = (published_until is null) and (replaced_at is null or activated_at is not null));
update signing_keys set activated_at = created_at where retired_at is null;
create unique index signing_keys_next on signing_keys (purpose, algorithm)
  where activated_at is null and retired_at is null;
create unique index signing_keys_current on signing_keys (purpose, algorithm)
  where activated_at is not null and replaced_at is null and retired_at is null;

-- Grows with every change of the keys: by it every instance notices one. Its row is locked by whoever changes them.
create table signing_key_version (
  singleton boolean primary key default true check (singleton),
  version bigint not null
);
insert into signing_key_version (version) values (1);
grant select, update on signing_key_version to curfew_server;

alter table configuration_state add column keys jsonb not null default '{}';
