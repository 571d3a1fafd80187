-- What somebody outside must be told, queued in the transaction of what it tells. A delivered notice is
-- deleted; one that cannot be delivered is kept.
create table notices (
  notice_id uuid primary key default uuidv7(),
  kind text not null,
  -- Whose turn it waits for: each receiver has a queue of its own.
  receiver text not null,
  payload jsonb not null,
  queued_at timestamptz not null default curfew_now(),
  -- When to try next; while an instance has it in hand, when another may take it over.
  due_at timestamptz not null default curfew_now(),
  tries integer not null default 0,
  last_error text,
  -- Set when it is tried no more.
  dead_at timestamptz
);
create index notices_due on notices (receiver, due_at) where dead_at is null;
create index notices_waiting on notices (queued_at) where dead_at is null;
create index notices_dead on notices (dead_at) where dead_at is not null;

-- A receiver that is down is tried with one notice at a time, at growing intervals.
create table notice_receivers (
  receiver text primary key,
  failures integer not null default 0,
  retry_at timestamptz not null default '-infinity'
);

alter table configuration_state add column delivery jsonb not null default '{}';

grant select, insert, update, delete on notices, notice_receivers to curfew_server;
