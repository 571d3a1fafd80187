-- What the sealed trail adds up to, for the reports: made by a job that follows the seals in their order. No
-- request reads or writes any of it.

-- How far the trail was followed. Whoever holds this row is the only one that follows it.
create table usage_progress (
  singleton boolean primary key default true check (singleton),
  seal_number bigint not null
);
insert into usage_progress (seal_number) values (0);

-- What is open of each person, and what ended within the last day: under the pseudonym of the seals. Sessions
-- and families have digests for names, made with the key that goes when a person is erased.
create table usage_people (
  subject uuid primary key,
  -- When something that ended is waited for no longer.
  due_at timestamptz,
  state jsonb not null
);
create index usage_people_due on usage_people (due_at) where due_at is not null;

-- What is alike in all that is counted together; see src/domain/usage.ts.
create table usage_groups (
  group_id uuid primary key default uuidv7(),
  of text not null,
  field text not null,
  policy text not null,
  policy_version integer not null,
  limit_seconds integer not null,
  client_id text not null,
  roles text[] not null,
  unique (of, field, policy, policy_version, limit_seconds, client_id, roles)
);

-- Per day in UTC, and per bucket of a duration: how often, and how long together.
create table usage_days (
  day date not null,
  group_id uuid not null references usage_groups,
  measure text not null,
  bucket smallint not null,
  count bigint not null,
  seconds double precision not null,
  primary key (day, group_id, measure, bucket)
);

grant select, update on usage_progress to curfew_server;
grant select, insert, update, delete on usage_people, usage_groups, usage_days to curfew_server;
