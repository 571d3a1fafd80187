-- Limits have become shorter: what is open may be over before its `check_at`. The sweepers walk through all
-- of it, page by page, and lower `check_at` where it is too late, so that no refresh waits for a change of
-- the configuration. No row: everything has been walked.
create table check_walks (
  table_name text primary key check (table_name in ('families', 'sessions')),
  -- Walked up to this id.
  after_id text not null,
  -- Nobody has looked yet for what is over already, which comes before all else.
  is_new boolean not null default true,
  -- The shortest limits of the configuration in force, in seconds.
  idle double precision not null,
  absolute double precision not null
);
grant select, insert, update, delete on check_walks to curfew_server;
