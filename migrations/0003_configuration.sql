-- One row. Its version rises with every change of any configuration table; a decision names the
-- version it rested on.
create table configuration_state (
  singleton boolean primary key default true check (singleton),
  version bigint not null,
  branding jsonb not null default '{}',
  -- Digest of the file applied last at a start: the same file is not applied again.
  applied_digest text,
  applied_version bigint
);
insert into configuration_state (version) values (1);

create table policies (
  name text primary key,
  version integer not null,
  limits jsonb not null,
  baselines text[] not null default '{}'
);

-- The built-in policy, which any part may name; the program fills in what it does not set.
insert into policies (name, version, limits) values ('default', 0, '{}');

-- Every version a policy ever had; audit events name them.
create table policy_versions (
  name text not null,
  version integer not null,
  limits jsonb not null,
  baselines text[] not null,
  created_at timestamptz not null default curfew_now(),
  created_by text not null,
  -- The version that removed the policy holds no limits.
  removed boolean not null default false,
  primary key (name, version)
);

create table roles (
  name text primary key,
  policy text references policies
);

create table scopes (
  name text primary key,
  description text not null,
  roles text[],
  policy text references policies,
  step_up boolean not null default false,
  mfa_max_age integer
);

create table resources (
  identifier text primary key,
  scopes text[] not null,
  policy text references policies
);

create table clients (
  client_id text primary key,
  metadata jsonb not null,
  secret_hash bytea,
  policy text references policies,
  trusted boolean not null default false,
  refresh_rotation boolean not null default true,
  web_origins text[] not null default '{}',
  created_at timestamptz not null default curfew_now(),
  disabled_at timestamptz
);

grant select, update on configuration_state to curfew_server;
grant select, insert, update, delete on policies, roles, scopes, resources, clients to curfew_server;
grant select, insert on policy_versions to curfew_server;
