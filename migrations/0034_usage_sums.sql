-- The recent days of the roll-ups once more, by policies alone: what most reports ask for, in few lines.
create table usage_recent_policies (
  of text not null,
  field text not null,
  policy text not null,
  policy_version integer not null,
  limit_seconds integer not null,
  measure text not null,
  bucket smallint not null,
  count bigint not null,
  seconds double precision not null,
  primary key (policy, policy_version, of, field, limit_seconds, measure, bucket)
);

-- How often something was recorded on a day in UTC, by the reason that it tells: counted by the job that follows
-- the sealed trail, from its next seal on.
create table usage_events (
  day date not null,
  name text not null,
  reason text not null,
  count bigint not null,
  primary key (day, name, reason)
);

-- The recent days are made anew, and those by policies with them; found by what is asked for, measures, first.
update usage_progress set recent_from = null;
delete from usage_recent;
alter table usage_recent
  drop constraint usage_recent_group_id_fkey,
  drop constraint usage_recent_pkey,
  add primary key (measure, group_id, bucket);

grant select, insert, update, delete on usage_recent_policies, usage_events to curfew_server;
