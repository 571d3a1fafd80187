-- The trail: appended to, never changed. Partitioned by month so that retention drops whole tables.
create table audit_events (
  event_id uuid not null default uuidv7(),
  occurred_at timestamptz not null default curfew_now(),
  name text not null,
  account_id text,
  client_id text,
  session_id text,
  family_id uuid,
  request_id text,
  address text,
  detail jsonb not null default '{}',
  primary key (event_id, occurred_at)
) partition by range (occurred_at);

create table audit_events_default partition of audit_events default;

-- Make the month's partition if it is missing. Runs with the owner's rights: the server's role makes
-- no tables. Rows that a clock far ahead has put into the default partition stay there.
create function audit_partition_ensure(moment timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  first_day timestamptz := date_trunc('month', moment, 'UTC');
  next_day timestamptz := first_day + interval '1 month';
  partition_name text := 'audit_events_' || to_char(first_day at time zone 'UTC', 'YYYY_MM');
begin
  if to_regclass(partition_name) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('audit_partition_ensure'));
  if to_regclass(partition_name) is not null then
    return;
  end if;
  if exists (select from audit_events_default where occurred_at >= first_day and occurred_at < next_day) then
    return;
  end if;
  execute format(
    'create table %I partition of audit_events for values from (%L) to (%L)',
    partition_name, first_day, next_day
  );
exception
  -- Made by another session, which this one's cache had not heard of yet.
  when duplicate_table then null;
end
$$;
revoke execute on function audit_partition_ensure(timestamptz) from public;
grant execute on function audit_partition_ensure(timestamptz) to curfew_server;

select audit_partition_ensure(curfew_now());
select audit_partition_ensure(curfew_now() + interval '1 month');

grant select, insert on audit_events to curfew_server;
