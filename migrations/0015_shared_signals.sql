-- Event streams (OpenID Shared Signals Framework 1.0). What waits for one is in notices, under the receiver
-- `ssf:<stream_id>`.
create table ssf_streams (
  stream_id uuid primary key default gen_random_uuid(),
  client_id text not null references clients on delete cascade,
  -- Where events are pushed to (RFC 8935); null: the receiver polls for them (RFC 8936).
  push_url text,
  push_authorization_sealed text,
  -- null: every event there is.
  events_requested text[],
  description text,
  -- `complex`: an event names the session it is about; `iss_sub`: only the account.
  subject_format text not null default 'complex',
  status text not null default 'enabled',
  status_reason text,
  -- When a verification event was last asked for.
  verified_at timestamptz,
  created_at timestamptz not null default curfew_now(),
  constraint ssf_streams_subject_format check (subject_format in ('complex', 'iss_sub')),
  constraint ssf_streams_status check (status in ('enabled', 'paused', 'disabled'))
);
create index ssf_streams_client on ssf_streams (client_id);

-- Accounts that a stream's receiver does not want to hear of: all others are its subjects.
create table ssf_removed_subjects (
  stream_id uuid not null references ssf_streams on delete cascade,
  account_id text not null references accounts on delete cascade,
  primary key (stream_id, account_id)
);

grant select, insert, update, delete on ssf_streams, ssf_removed_subjects to curfew_server;

-- Nothing is sent to a held receiver: its notices wait until it is released, or fetches them itself.
alter table notice_receivers add column held boolean not null default false;

-- What a key signs: tokens, or security events.
alter table signing_keys add column purpose text not null default 'tokens';
