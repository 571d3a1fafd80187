-- The server's own rights are those of the role curfew_server: rows, never tables. Roles belong to
-- the whole cluster, so it may exist already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'curfew_server') then
    create role curfew_server nologin;
  end if;
exception
  when duplicate_object or unique_violation then null;
end
$$;

grant usage on schema public to curfew_server;

-- The one clock. Tests replace this function in their template database; nothing else can move time.
create function curfew_now() returns timestamptz
  language sql volatile parallel safe
  return clock_timestamp();

-- An instant on the wire: whole microseconds since the epoch, exact in a double.
create function to_micros(moment timestamptz) returns double precision
  language sql immutable strict parallel safe
  return (extract(epoch from moment) * 1000000)::double precision;

create function from_micros(micros double precision) returns timestamptz
  language sql immutable strict parallel safe
  return timestamptz 'epoch' + micros * interval '1 microsecond';
