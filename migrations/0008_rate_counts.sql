-- Counters of rate limits. Unlogged: a crash forgets them, and they cost no write-ahead log.
create unlogged table rate_counts (
  key_hash bytea primary key,
  count integer not null,
  expires_at timestamptz not null
);
create index rate_counts_expiry on rate_counts (expires_at);

alter table configuration_state add column rate_limits jsonb not null default '{}';

grant select, insert, update, delete on rate_counts to curfew_server;
