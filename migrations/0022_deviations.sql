-- Requirements of baselines that are knowingly not met: why, and until which day (UTC) that is accepted.
create table deviations (
  name text primary key,
  requirement text not null,
  policy text references policies,
  reason text not null,
  until date not null
);
grant select, insert, update, delete on deviations to curfew_server;
