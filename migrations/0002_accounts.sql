create table accounts (
  account_id text primary key default gen_random_uuid()::text,
  username text not null,
  email text,
  name text,
  password_hash text,
  -- Rises with every change of roles, state or credentials: what a decision rested on.
  version bigint not null default 1,
  created_at timestamptz not null default curfew_now(),
  disabled_at timestamptz,
  deleted_at timestamptz
);
create unique index accounts_username on accounts (lower(username));

create table account_roles (
  account_id text not null references accounts,
  role text not null,
  primary key (account_id, role)
);

grant select, insert, update on accounts to curfew_server;
grant select, insert, delete on account_roles to curfew_server;
