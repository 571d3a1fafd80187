-- The last 30 days of the roll-ups, each in one line: kept by the job beside the days, so that what reports read
-- does not grow with the days.
create table usage_recent (
  group_id uuid not null references usage_groups on delete cascade,
  measure text not null,
  bucket smallint not null,
  count bigint not null,
  seconds double precision not null,
  primary key (group_id, measure, bucket)
);
-- The first day that it holds; null: it is to be made anew.
alter table usage_progress add column recent_from date;

grant select, insert, update, delete on usage_recent to curfew_server;
