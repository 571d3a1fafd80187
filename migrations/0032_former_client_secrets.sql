-- Secrets that a client had before: each proves it until a moment that whoever replaced it chose. No part of the
-- configuration's history, which tells of a client's secret only which version set it.
create table former_client_secrets (
  client_id text not null references clients on delete cascade,
  secret_hash bytea not null,
  ends_at timestamptz not null,
  primary key (client_id, secret_hash)
);
create index former_client_secrets_end on former_client_secrets (ends_at);
grant select, insert, update, delete on former_client_secrets to curfew_server;
