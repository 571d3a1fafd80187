-- What a change through the API was answered, by the caller's key: asked again, it answers the same and
-- changes nothing. Kept for a day; no answer holds a secret.
create table idempotent_answers (
  -- Of the caller and the key.
  key_hash bytea primary key,
  -- Of what was asked for: another request under the same key is a mistake.
  request_hash bytea not null,
  -- Null only inside the transaction of the change.
  answer jsonb,
  expires_at timestamptz not null
);
create index idempotent_answers_expired on idempotent_answers (expires_at);
grant select, insert, update, delete on idempotent_answers to curfew_server;
