-- What the migrations add up to: to read and to compare, never to run.
-- Made by: node --import tsx test/support/write_schema.ts

create table access_tokens (
  token_hash bytea not null,
  family_id uuid,
  account_id text,
  client_id text not null,
  session_id text,
  grant_id text,
  payload jsonb,
  expires_at timestamp with time zone not null,
  issued_at timestamp with time zone default curfew_now(),
  constraint access_tokens_pkey PRIMARY KEY (token_hash),
  constraint access_tokens_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id)
);
CREATE INDEX access_tokens_expiry ON public.access_tokens USING btree (expires_at);
CREATE INDEX access_tokens_lone ON public.access_tokens USING btree (account_id, client_id) WHERE (family_id IS NULL);

create table account_roles (
  account_id text not null,
  role text not null,
  constraint account_roles_pkey PRIMARY KEY (account_id, role),
  constraint account_roles_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id)
);
CREATE INDEX account_roles_role ON public.account_roles USING btree (role, account_id);

create table accounts (
  account_id text not null default (gen_random_uuid())::text,
  username text not null,
  email text,
  name text,
  password_hash text,
  version bigint not null default 1,
  created_at timestamp with time zone not null default curfew_now(),
  disabled_at timestamp with time zone,
  deleted_at timestamp with time zone,
  access_version bigint not null default 1,
  enrolment_invited_at timestamp with time zone,
  constraint accounts_pkey PRIMARY KEY (account_id)
);
CREATE INDEX accounts_by_name ON public.accounts USING btree (lower(username) COLLATE "C") WHERE (deleted_at IS NULL);
CREATE INDEX accounts_email ON public.accounts USING btree (lower(email)) WHERE (email IS NOT NULL);
CREATE UNIQUE INDEX accounts_username ON public.accounts USING btree (lower(username));

create table artifacts (
  model text not null,
  id_hash bytea not null,
  payload jsonb not null,
  user_code_hash bytea,
  expires_at timestamp with time zone not null,
  consumed_at timestamp with time zone,
  polled_at timestamp with time zone,
  poll_interval integer not null default 5,
  constraint artifacts_pkey PRIMARY KEY (model, id_hash)
);
CREATE INDEX artifacts_expiry ON public.artifacts USING btree (expires_at);
CREATE UNIQUE INDEX artifacts_user_code ON public.artifacts USING btree (user_code_hash) WHERE (user_code_hash IS NOT NULL);

create table audit_events (
  event_id uuid not null default uuidv7(),
  occurred_at timestamp with time zone not null default 
CASE
    WHEN (pg_current_xact_id() IS NOT NULL) THEN curfew_now()
    ELSE NULL::timestamp with time zone
END,
  name text not null,
  account_id text,
  client_id text,
  session_id text,
  family_id uuid,
  request_id text,
  address text,
  detail jsonb not null default '{}'::jsonb,
  xact xid8 not null default pg_current_xact_id(),
  constraint audit_events_pkey PRIMARY KEY (event_id, occurred_at)
) partition by RANGE (occurred_at);
CREATE INDEX audit_events_account ON ONLY public.audit_events USING btree (account_id, event_id) WHERE ((account_id IS NOT NULL) AND (name !~~ 'refresh.%'::text));

create table audit_events_default partition of audit_events DEFAULT;

create table audit_head (
  singleton boolean not null default true,
  seal_number bigint not null,
  snapshot pg_snapshot not null,
  key_id text not null,
  mac bytea not null,
  constraint audit_head_pkey PRIMARY KEY (singleton),
  constraint audit_head_singleton_check CHECK (singleton)
);

create table audit_seals (
  seal_number bigint not null,
  month date not null,
  event_count integer not null,
  content_digest bytea not null,
  event_ids uuid[],
  digests bytea[],
  commitments bytea[],
  sealed_at timestamp with time zone not null,
  ids_from uuid not null,
  began xid8 not null,
  key_id text not null,
  mac bytea not null,
  constraint audit_seals_pkey PRIMARY KEY (seal_number)
);

create table audit_subjects (
  account_id text not null,
  pseudonym uuid not null default gen_random_uuid(),
  key bytea not null default (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
  constraint audit_subjects_pkey PRIMARY KEY (account_id)
);
CREATE UNIQUE INDEX audit_subjects_pseudonym ON public.audit_subjects USING btree (pseudonym);

create table authorization_codes (
  code_hash bytea not null,
  account_id text not null,
  client_id text not null,
  session_id text not null,
  grant_id text not null,
  payload jsonb not null,
  last_activity_at timestamp with time zone not null,
  mfa_at timestamp with time zone,
  issued_at timestamp with time zone not null default curfew_now(),
  expires_at timestamp with time zone not null,
  consumed_at timestamp with time zone,
  family_id uuid,
  lease_seconds integer,
  lease_purpose text,
  phr_at timestamp with time zone,
  constraint authorization_codes_pkey PRIMARY KEY (code_hash),
  constraint authorization_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint authorization_codes_lease CHECK (((lease_seconds IS NULL) = (lease_purpose IS NULL)))
);
CREATE INDEX authorization_codes_account ON public.authorization_codes USING btree (account_id) WHERE (consumed_at IS NULL);
CREATE INDEX authorization_codes_expiry ON public.authorization_codes USING btree (expires_at);

create table check_walks (
  table_name text not null,
  after_id text not null,
  configuration_version bigint not null,
  overdue_first boolean not null default false,
  constraint check_walks_pkey PRIMARY KEY (table_name),
  constraint check_walks_table_name_check CHECK ((table_name = ANY (ARRAY['families'::text, 'sessions'::text])))
);

create table clients (
  client_id text not null,
  metadata jsonb not null,
  secret_hash bytea,
  policy text,
  trusted boolean not null default false,
  refresh_rotation boolean not null default true,
  web_origins text[] not null default '{}'::text[],
  created_at timestamp with time zone not null default curfew_now(),
  disabled_at timestamp with time zone,
  constraint clients_pkey PRIMARY KEY (client_id),
  constraint clients_policy_fkey FOREIGN KEY (policy) REFERENCES policies(name)
);
CREATE TRIGGER clients_history AFTER INSERT OR DELETE OR UPDATE ON public.clients FOR EACH ROW EXECUTE FUNCTION configuration_row_changed('client_id');

create table configuration_changes (
  version bigint not null,
  section text not null,
  name text not null,
  before jsonb,
  after jsonb,
  constraint configuration_changes_pkey PRIMARY KEY (section, name, version)
);
CREATE INDEX configuration_changes_version ON public.configuration_changes USING btree (version, section, name);
CREATE CONSTRAINT TRIGGER configuration_changes_versioned AFTER INSERT ON public.configuration_changes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION configuration_version_ensure();

create table configuration_state (
  singleton boolean not null default true,
  version bigint not null,
  branding jsonb not null default '{}'::jsonb,
  applied_digest text,
  applied_version bigint,
  rate_limits jsonb not null default '{}'::jsonb,
  delivery jsonb not null default '{}'::jsonb,
  audit jsonb not null default '{}'::jsonb,
  keys jsonb not null default '{}'::jsonb,
  constraint configuration_state_pkey PRIMARY KEY (singleton),
  constraint configuration_state_singleton_check CHECK (singleton)
);
CREATE TRIGGER configuration_state_history AFTER UPDATE ON public.configuration_state FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION configuration_state_changed();

create table configuration_versions (
  version bigint not null,
  made_at timestamp with time zone not null default curfew_now(),
  author text not null,
  account_id text,
  message text,
  reverts_to bigint,
  constraint configuration_versions_pkey PRIMARY KEY (version)
);

create table control_findings (
  kind text not null,
  subject_id text not null,
  seen_at timestamp with time zone not null default curfew_now(),
  checked_at timestamp with time zone not null default curfew_now(),
  confirmed_at timestamp with time zone,
  constraint control_findings_pkey PRIMARY KEY (kind, subject_id)
);
CREATE INDEX control_findings_checked ON public.control_findings USING btree (checked_at);

create table control_runs (
  singleton boolean not null default true,
  began_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  completed_at timestamp with time zone,
  seal_number bigint not null,
  constraint control_runs_pkey PRIMARY KEY (singleton),
  constraint control_runs_singleton_check CHECK (singleton)
);

create table control_walks (
  walk text not null,
  after_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  after_id text not null default ''::text,
  began_at timestamp with time zone not null default curfew_now(),
  walked_at timestamp with time zone,
  constraint control_walks_pkey PRIMARY KEY (walk),
  constraint control_walks_walk_check CHECK ((walk = ANY (ARRAY['sessions'::text, 'families'::text, 'access_tokens'::text])))
);

create table deviations (
  name text not null,
  requirement text not null,
  policy text,
  reason text not null,
  until date not null,
  constraint deviations_pkey PRIMARY KEY (name),
  constraint deviations_policy_fkey FOREIGN KEY (policy) REFERENCES policies(name)
);
CREATE TRIGGER deviations_history AFTER INSERT OR DELETE OR UPDATE ON public.deviations FOR EACH ROW EXECUTE FUNCTION configuration_row_changed('name');

create table families (
  family_id uuid not null default uuidv7(),
  account_id text not null,
  client_id text not null,
  grant_id text not null,
  session_id text not null,
  bound boolean not null,
  scopes text[] not null,
  resources text[] not null,
  jkt text,
  payload jsonb not null,
  started_at timestamp with time zone not null,
  last_activity_at timestamp with time zone not null,
  mfa_at timestamp with time zone,
  ended_at timestamp with time zone,
  end_reason text,
  end_limit integer,
  end_policy text,
  end_policy_version integer,
  end_found_at timestamp with time zone,
  check_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  lease_seconds integer,
  lease_purpose text,
  oldest_token_hash bytea not null,
  phr_at timestamp with time zone,
  constraint families_pkey PRIMARY KEY (family_id),
  constraint families_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint families_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  constraint families_lease CHECK (((lease_seconds IS NULL) OR ((lease_purpose IS NOT NULL) AND (NOT bound))))
) with (fillfactor=80);
CREATE INDEX families_account ON public.families USING btree (account_id) WHERE (ended_at IS NULL);
CREATE INDEX families_check ON public.families USING btree (check_at) WHERE (ended_at IS NULL);
CREATE INDEX families_client ON public.families USING btree (client_id) WHERE (ended_at IS NULL);
CREATE INDEX families_ended ON public.families USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX families_grant ON public.families USING btree (grant_id) WHERE (ended_at IS NULL);
CREATE INDEX families_leases ON public.families USING btree (started_at) WHERE ((lease_seconds IS NOT NULL) AND (ended_at IS NULL));
CREATE INDEX families_session ON public.families USING btree (session_id) WHERE (ended_at IS NULL);

create table former_client_secrets (
  client_id text not null,
  secret_hash bytea not null,
  ends_at timestamp with time zone not null,
  constraint former_client_secrets_pkey PRIMARY KEY (client_id, secret_hash),
  constraint former_client_secrets_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id) ON DELETE CASCADE
);
CREATE INDEX former_client_secrets_end ON public.former_client_secrets USING btree (ends_at);

create table grants (
  grant_id text not null,
  account_id text not null,
  client_id text not null,
  payload jsonb not null,
  created_at timestamp with time zone not null default curfew_now(),
  constraint grants_pkey PRIMARY KEY (grant_id),
  constraint grants_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id)
);
CREATE INDEX grants_account ON public.grants USING btree (account_id);

create table idempotent_answers (
  key_hash bytea not null,
  request_hash bytea not null,
  answer jsonb,
  expires_at timestamp with time zone not null,
  constraint idempotent_answers_pkey PRIMARY KEY (key_hash)
);
CREATE INDEX idempotent_answers_expired ON public.idempotent_answers USING btree (expires_at);

create table known_devices (
  device_hash bytea not null,
  account_id text not null,
  device_id uuid not null default gen_random_uuid(),
  signed_in_at timestamp with time zone not null default curfew_now(),
  expires_at timestamp with time zone not null,
  constraint known_devices_pkey PRIMARY KEY (device_hash, account_id),
  constraint known_devices_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id)
);
CREATE INDEX known_devices_account ON public.known_devices USING btree (account_id, signed_in_at);
CREATE INDEX known_devices_expiry ON public.known_devices USING btree (expires_at);

create table notice_receivers (
  receiver text not null,
  failures integer not null default 0,
  retry_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  held boolean not null default false,
  constraint notice_receivers_pkey PRIMARY KEY (receiver)
);

create table notices (
  notice_id uuid not null default uuidv7(),
  kind text not null,
  receiver text not null,
  payload jsonb not null,
  queued_at timestamp with time zone not null default curfew_now(),
  due_at timestamp with time zone not null default curfew_now(),
  tries integer not null default 0,
  last_error text,
  dead_at timestamp with time zone,
  constraint notices_pkey PRIMARY KEY (notice_id)
);
CREATE INDEX notices_dead ON public.notices USING btree (dead_at) WHERE (dead_at IS NOT NULL);
CREATE INDEX notices_due ON public.notices USING btree (receiver, due_at) WHERE (dead_at IS NULL);
CREATE INDEX notices_waiting ON public.notices USING btree (queued_at) WHERE (dead_at IS NULL);

create table passkey_challenges (
  challenge_hash bytea not null,
  expires_at timestamp with time zone not null,
  constraint passkey_challenges_pkey PRIMARY KEY (challenge_hash)
);
CREATE INDEX passkey_challenges_expiry ON public.passkey_challenges USING btree (expires_at);

create table passkeys (
  passkey_id uuid not null,
  account_id text not null,
  credential_id bytea not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  backup_eligible boolean not null,
  backed_up boolean not null,
  name text not null,
  created_at timestamp with time zone not null default curfew_now(),
  last_used_at timestamp with time zone,
  constraint passkeys_pkey PRIMARY KEY (passkey_id),
  constraint passkeys_credential_id_key UNIQUE (credential_id),
  constraint passkeys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint passkeys_credential_id_check CHECK (((octet_length(credential_id) >= 1) AND (octet_length(credential_id) <= 1023)))
);
CREATE INDEX passkeys_account ON public.passkeys USING btree (account_id);

create table password_links (
  token_hash bytea not null,
  account_id text not null,
  purpose text not null,
  created_at timestamp with time zone not null default curfew_now(),
  expires_at timestamp with time zone not null,
  operator_token_hash bytea,
  constraint password_links_pkey PRIMARY KEY (token_hash),
  constraint password_links_account_id_key UNIQUE (account_id),
  constraint password_links_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id)
);
CREATE INDEX password_links_expiry ON public.password_links USING btree (expires_at);

create table policies (
  name text not null,
  version integer not null,
  limits jsonb not null,
  baselines text[] not null default '{}'::text[],
  constraint policies_pkey PRIMARY KEY (name)
);
CREATE TRIGGER policies_history AFTER INSERT OR DELETE OR UPDATE ON public.policies FOR EACH ROW EXECUTE FUNCTION configuration_row_changed('name');

create table policy_versions (
  name text not null,
  version integer not null,
  limits jsonb not null,
  baselines text[] not null,
  created_at timestamp with time zone not null default curfew_now(),
  created_by text not null,
  removed boolean not null default false,
  constraint policy_versions_pkey PRIMARY KEY (name, version)
);

create table rate_counts (
  key_hash bytea not null,
  count integer not null,
  expires_at timestamp with time zone not null,
  constraint rate_counts_pkey PRIMARY KEY (key_hash)
);
CREATE INDEX rate_counts_expiry ON public.rate_counts USING btree (expires_at);

create table recovery_codes (
  account_id text not null,
  code_hash bytea not null,
  created_at timestamp with time zone not null default curfew_now(),
  used_at timestamp with time zone,
  constraint recovery_codes_pkey PRIMARY KEY (account_id, code_hash),
  constraint recovery_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id)
);

create table refresh_tokens (
  token_hash bytea not null,
  family_id uuid not null,
  issued_at timestamp with time zone not null,
  rotated_at timestamp with time zone,
  successor_hash bytea,
  successor_sealed bytea,
  window_id uuid,
  rotation_jkt text,
  inactive_for integer,
  retries smallint not null default 0,
  constraint refresh_tokens_pkey PRIMARY KEY (token_hash)
) with (fillfactor=40);

create table resources (
  identifier text not null,
  scopes text[] not null,
  policy text,
  constraint resources_pkey PRIMARY KEY (identifier),
  constraint resources_policy_fkey FOREIGN KEY (policy) REFERENCES policies(name)
);
CREATE TRIGGER resources_history AFTER INSERT OR DELETE OR UPDATE ON public.resources FOR EACH ROW EXECUTE FUNCTION configuration_row_changed('identifier');

create table roles (
  name text not null,
  policy text,
  constraint roles_pkey PRIMARY KEY (name),
  constraint roles_policy_fkey FOREIGN KEY (policy) REFERENCES policies(name)
);
CREATE TRIGGER roles_history AFTER INSERT OR DELETE OR UPDATE ON public.roles FOR EACH ROW EXECUTE FUNCTION configuration_row_changed('name');

create table scopes (
  name text not null,
  description text not null,
  roles text[],
  policy text,
  step_up boolean not null default false,
  mfa_max_age integer,
  constraint scopes_pkey PRIMARY KEY (name),
  constraint scopes_policy_fkey FOREIGN KEY (policy) REFERENCES policies(name)
);
CREATE TRIGGER scopes_history AFTER INSERT OR DELETE OR UPDATE ON public.scopes FOR EACH ROW EXECUTE FUNCTION configuration_row_changed('name');

create table second_factor_states (
  account_id text not null,
  last_step bigint,
  failures integer not null default 0,
  blocked_until timestamp with time zone,
  constraint second_factor_states_pkey PRIMARY KEY (account_id),
  constraint second_factor_states_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id)
);

create table sessions (
  session_id text not null,
  cookie_hash bytea not null,
  account_id text,
  client_ids text[] not null default '{}'::text[],
  payload jsonb not null,
  created_at timestamp with time zone not null default curfew_now(),
  started_at timestamp with time zone,
  last_activity_at timestamp with time zone not null,
  password_at timestamp with time zone,
  mfa_at timestamp with time zone,
  ended_at timestamp with time zone,
  end_reason text,
  end_limit integer,
  end_policy text,
  end_policy_version integer,
  end_found_at timestamp with time zone,
  check_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  user_agent text,
  address text,
  reproved_password_at timestamp with time zone,
  reproved_factor_at timestamp with time zone,
  phr_at timestamp with time zone,
  end_note text,
  constraint sessions_pkey PRIMARY KEY (session_id),
  constraint sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id),
  constraint sessions_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  constraint sessions_user_agent_check CHECK ((length(user_agent) <= 512))
) with (fillfactor=80);
CREATE INDEX sessions_account ON public.sessions USING btree (account_id) WHERE (ended_at IS NULL);
CREATE INDEX sessions_anonymous ON public.sessions USING btree (created_at) WHERE (account_id IS NULL);
CREATE INDEX sessions_check ON public.sessions USING btree (check_at) WHERE ((ended_at IS NULL) AND (account_id IS NOT NULL));
CREATE INDEX sessions_clients ON public.sessions USING gin (client_ids) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX sessions_cookie ON public.sessions USING btree (cookie_hash);
CREATE INDEX sessions_ended ON public.sessions USING btree (GREATEST(ended_at, check_at)) WHERE (ended_at IS NOT NULL);

create table sign_in_failures (
  subject_hash bytea not null,
  account_id text,
  failures integer not null,
  last_failed_at timestamp with time zone not null,
  blocked_until timestamp with time zone,
  refusal_recorded boolean not null default false,
  expires_at timestamp with time zone not null,
  constraint sign_in_failures_pkey PRIMARY KEY (subject_hash),
  constraint sign_in_failures_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id)
);
CREATE INDEX sign_in_failures_account ON public.sign_in_failures USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE INDEX sign_in_failures_expiry ON public.sign_in_failures USING btree (expires_at);

create table signing_key_version (
  singleton boolean not null default true,
  version bigint not null,
  constraint signing_key_version_pkey PRIMARY KEY (singleton),
  constraint signing_key_version_singleton_check CHECK (singleton)
);

create table signing_keys (
  key_id text not null,
  algorithm text not null,
  public_jwk jsonb not null,
  private_sealed text not null,
  created_at timestamp with time zone not null default curfew_now(),
  retired_at timestamp with time zone,
  purpose text not null default 'tokens'::text,
  activated_at timestamp with time zone,
  replaced_at timestamp with time zone,
  published_until timestamp with time zone,
  jwks_max_age integer not null default 3600,
  constraint signing_keys_pkey PRIMARY KEY (key_id),
  constraint signing_keys_states CHECK ((((replaced_at IS NULL) = (published_until IS NULL)) AND ((replaced_at IS NULL) OR (activated_at IS NOT NULL))))
);
CREATE UNIQUE INDEX signing_keys_current ON public.signing_keys USING btree (purpose, algorithm) WHERE ((activated_at IS NOT NULL) AND (replaced_at IS NULL) AND (retired_at IS NULL));
CREATE UNIQUE INDEX signing_keys_next ON public.signing_keys USING btree (purpose, algorithm) WHERE ((activated_at IS NULL) AND (retired_at IS NULL));

create table ssf_removed_subjects (
  stream_id uuid not null,
  account_id text not null,
  constraint ssf_removed_subjects_pkey PRIMARY KEY (stream_id, account_id),
  constraint ssf_removed_subjects_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id) ON DELETE CASCADE,
  constraint ssf_removed_subjects_stream_id_fkey FOREIGN KEY (stream_id) REFERENCES ssf_streams(stream_id) ON DELETE CASCADE
);

create table ssf_streams (
  stream_id uuid not null default gen_random_uuid(),
  client_id text not null,
  push_url text,
  push_authorization_sealed text,
  events_requested text[],
  description text,
  subject_format text not null default 'complex'::text,
  status text not null default 'enabled'::text,
  status_reason text,
  verified_at timestamp with time zone,
  created_at timestamp with time zone not null default curfew_now(),
  constraint ssf_streams_pkey PRIMARY KEY (stream_id),
  constraint ssf_streams_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(client_id) ON DELETE CASCADE,
  constraint ssf_streams_status CHECK ((status = ANY (ARRAY['enabled'::text, 'paused'::text, 'disabled'::text]))),
  constraint ssf_streams_subject_format CHECK ((subject_format = ANY (ARRAY['complex'::text, 'iss_sub'::text])))
);
CREATE INDEX ssf_streams_client ON public.ssf_streams USING btree (client_id);

create table totp_factors (
  factor_id uuid not null,
  account_id text not null,
  name text not null,
  secret_sealed text not null,
  session_id text not null,
  created_at timestamp with time zone not null default curfew_now(),
  confirmed_at timestamp with time zone,
  disabled_at timestamp with time zone,
  constraint totp_factors_pkey PRIMARY KEY (factor_id),
  constraint totp_factors_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(account_id)
);
CREATE INDEX totp_factors_account ON public.totp_factors USING btree (account_id);

create table trail_keys (
  key_id text not null,
  key_sealed text not null,
  constraint trail_keys_pkey PRIMARY KEY (key_id)
);

create table usage_days (
  day date not null,
  group_id uuid not null,
  measure text not null,
  bucket smallint not null,
  count bigint not null,
  seconds double precision not null,
  constraint usage_days_pkey PRIMARY KEY (day, group_id, measure, bucket),
  constraint usage_days_group_id_fkey FOREIGN KEY (group_id) REFERENCES usage_groups(group_id)
);

create table usage_events (
  day date not null,
  name text not null,
  reason text not null,
  count bigint not null,
  constraint usage_events_pkey PRIMARY KEY (day, name, reason)
);

create table usage_groups (
  group_id uuid not null default uuidv7(),
  of text not null,
  field text not null,
  policy text not null,
  policy_version integer not null,
  limit_seconds integer not null,
  client_id text not null,
  roles text[] not null,
  constraint usage_groups_pkey PRIMARY KEY (group_id),
  constraint usage_groups_of_field_policy_policy_version_limit_seconds_c_key UNIQUE (of, field, policy, policy_version, limit_seconds, client_id, roles)
);

create table usage_people (
  subject uuid not null,
  due_at timestamp with time zone,
  state jsonb not null,
  constraint usage_people_pkey PRIMARY KEY (subject)
);
CREATE INDEX usage_people_due ON public.usage_people USING btree (due_at) WHERE (due_at IS NOT NULL);

create table usage_progress (
  singleton boolean not null default true,
  seal_number bigint not null,
  recent_from date,
  constraint usage_progress_pkey PRIMARY KEY (singleton),
  constraint usage_progress_singleton_check CHECK (singleton)
);

create table usage_recent (
  group_id uuid not null,
  measure text not null,
  bucket smallint not null,
  count bigint not null,
  seconds double precision not null,
  constraint usage_recent_pkey PRIMARY KEY (measure, group_id, bucket)
);

create table usage_recent_policies (
  of text not null,
  field text not null,
  policy text not null,
  policy_version integer not null,
  limit_seconds integer not null,
  measure text not null,
  bucket smallint not null,
  count bigint not null,
  seconds double precision not null,
  constraint usage_recent_policies_pkey PRIMARY KEY (policy, policy_version, of, field, limit_seconds, measure, bucket)
);

create table window_secrets (
  window_id uuid not null,
  secret_sealed text not null,
  opened_at timestamp with time zone not null default curfew_now(),
  constraint window_secrets_pkey PRIMARY KEY (window_id)
);

CREATE OR REPLACE FUNCTION public.audit_drop_months(p_keep interval, OUT month date, OUT dropped boolean)
 RETURNS SETOF record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET lock_timeout TO '2s'
AS $function$
declare
  v_before timestamptz := curfew_now() - greatest(p_keep, interval '30 days');
  v_partition text;
  v_count bigint;
begin
  lock table audit_head in share row exclusive mode;
  for v_partition, month in
    select c.relname, to_date(right(c.relname, 7), 'YYYY_MM')
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'audit_events'::regclass and c.relname ~ '^audit_events_\d{4}_\d{2}$'
    order by c.relname
  loop
    exit when (month + interval '1 month') at time zone 'UTC' > v_before;
    execute format('select count(*) from %I', v_partition) into v_count;
    dropped := v_count = (select coalesce(sum(s.event_count), 0) from audit_seals s where s.month = audit_drop_months.month);
    if dropped then
      execute format('drop table %I', v_partition);
      update audit_seals s set event_ids = null, digests = null, commitments = null
        where s.month = audit_drop_months.month;
      insert into audit_events (name, detail)
        values ('trail.month_dropped', jsonb_build_object('month', to_char(month, 'YYYY-MM'), 'events', v_count));
    end if;
    return next;
    exit when dropped;
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION public.audit_erase(p_account_id text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  v_subject text;
  v_count integer;
begin
  if not exists (select from accounts a where a.account_id = p_account_id and a.deleted_at is not null) then
    raise insufficient_privilege using message = 'only the trail of a deleted account is erased';
  end if;
  lock table audit_head in share row exclusive mode;
  insert into audit_subjects (account_id) values (p_account_id) on conflict do nothing;
  delete from audit_subjects s where s.account_id = p_account_id returning 'erased:' || s.pseudonym into v_subject;
  update audit_events e
    set account_id = v_subject, session_id = null, family_id = null, request_id = null, address = null
    where e.account_id = p_account_id;
  get diagnostics v_count = row_count;
  update configuration_versions v set account_id = v_subject where v.account_id = p_account_id;
  insert into audit_events (name, account_id, detail)
    values ('account.erased', v_subject, jsonb_build_object('events', v_count));
  return v_count;
end
$function$;

CREATE OR REPLACE FUNCTION public.audit_partition_ensure(moment timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.client_lock_key(p_client_id text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
RETURN hashtextextended(('client '::text || p_client_id), (0)::bigint);

CREATE OR REPLACE FUNCTION public.code_exchange_commit(p_code_hash bytea, p_token_hash bytea, p_family_id uuid, p_bound boolean, p_scopes text[], p_resources text[], p_jkt text, p_payload jsonb, p_account_version bigint, p_configuration_version bigint, p_session_idle integer, p_session_absolute integer, p_refresh_idle integer, p_access_token_hash bytea, p_access_token_payload jsonb, p_access_token_expires_at double precision, p_request_id text, p_address text, p_detail jsonb, OUT outcome text, OUT now double precision, OUT last_activity_at double precision, OUT session_last_activity_at double precision)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  v_code authorization_codes;
  v_account accounts;
  v_session sessions;
  v_now timestamptz;
  v_family_id uuid;
begin
  outcome := 'changed';
  perform pg_advisory_xact_lock_shared(client_lock_key(c.client_id))
    from authorization_codes c where c.code_hash = p_code_hash;
  select a.* into v_account from accounts a
    where a.account_id = (select c.account_id from authorization_codes c where c.code_hash = p_code_hash)
    for no key update;
  select s.* into v_session from sessions s
    where s.session_id = (select c.session_id from authorization_codes c where c.code_hash = p_code_hash)
    for no key update;

  v_now := curfew_now();
  select c.* into v_code from authorization_codes c where c.code_hash = p_code_hash for no key update;
  if v_code.code_hash is null or v_code.consumed_at is not null or v_now >= v_code.expires_at
    or v_account.version is distinct from p_account_version
    or not exists (select from configuration_state c where c.version = p_configuration_version)
    or v_now >= v_code.last_activity_at + make_interval(secs => p_refresh_idle)
  then
    return;
  end if;
  if p_bound and (v_session.session_id is null or v_session.ended_at is not null
    or v_now >= v_session.started_at + make_interval(secs => p_session_absolute)
    or v_now >= v_session.last_activity_at + make_interval(secs => p_session_idle))
  then
    return;
  end if;

  if p_token_hash is not null then
    insert into families (family_id, account_id, client_id, grant_id, session_id, bound, scopes, resources, jkt, payload,
                          started_at, last_activity_at, mfa_at, phr_at, lease_seconds, lease_purpose, oldest_token_hash)
      values (p_family_id, v_code.account_id, v_code.client_id, v_code.grant_id, v_code.session_id, p_bound, p_scopes,
              p_resources, p_jkt, p_payload, v_now, v_code.last_activity_at, v_code.mfa_at, v_code.phr_at,
              v_code.lease_seconds, v_code.lease_purpose, p_token_hash)
      returning family_id into v_family_id;
    insert into refresh_tokens (token_hash, family_id, issued_at) values (p_token_hash, v_family_id, v_now);
  end if;
  update authorization_codes c set consumed_at = v_now, family_id = v_family_id where c.code_hash = p_code_hash;
  if p_access_token_hash is not null then
    insert into access_tokens (token_hash, family_id, account_id, client_id, session_id, grant_id, payload, expires_at)
      values (p_access_token_hash, v_family_id, v_code.account_id, v_code.client_id, v_code.session_id,
              v_code.grant_id, p_access_token_payload, from_micros(p_access_token_expires_at));
  end if;
  insert into audit_events (occurred_at, name, account_id, client_id, session_id, family_id, request_id, address, detail)
    values (v_now, 'code.exchanged', v_code.account_id, v_code.client_id, v_code.session_id, v_family_id,
            p_request_id, p_address, p_detail);
  if v_family_id is not null and v_code.lease_seconds is not null then
    insert into audit_events (occurred_at, name, account_id, client_id, session_id, family_id, request_id, address, detail)
      values (v_now, 'lease.granted', v_code.account_id, v_code.client_id, v_code.session_id, v_family_id,
              p_request_id, p_address,
              jsonb_build_object('duration', v_code.lease_seconds, 'purpose', v_code.lease_purpose));
  end if;

  outcome := 'done';
  now := to_micros(v_now);
  last_activity_at := to_micros(v_code.last_activity_at);
  session_last_activity_at := to_micros(v_session.last_activity_at);
end
$function$;

CREATE OR REPLACE FUNCTION public.configuration_image(p_row jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
RETURN (p_row - '{secret_hash,created_at}'::text[]);

CREATE OR REPLACE FUNCTION public.configuration_record(p_section text, p_name text, p_after jsonb, p_secret text)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
declare
  v_version bigint;
  v_last jsonb;
  v_before jsonb;
begin
  select s.version into v_version from configuration_state s for update;
  if current_setting('curfew.configuration_made', true) is distinct from v_version::text then
    v_version := v_version + 1;
  end if;
  select c.after into v_last from configuration_changes c
    where c.section = p_section collate "default" and c.name = p_name collate "default"
    order by c.version desc limit 1;
  select c.after into v_before from configuration_changes c
    where c.section = p_section collate "default" and c.name = p_name collate "default" and c.version < v_version
    order by c.version desc limit 1;
  if p_secret <> 'none' then
    p_after := p_after || jsonb_build_object('secret_version',
      coalesce(case when p_secret = 'kept' then v_last -> 'secret_version' end, to_jsonb(v_version)));
  end if;
  insert into configuration_changes (version, section, name, before, after)
    values (v_version, p_section, p_name, v_before, p_after)
    on conflict (section, name, version) do update set after = excluded.after;
  delete from configuration_changes c
    where c.section = p_section collate "default" and c.name = p_name collate "default"
      and c.version = v_version and c.before is not distinct from c.after;
end
$function$;

CREATE OR REPLACE FUNCTION public.configuration_row_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  v_section text := tg_table_name::text collate "default";
  v_old jsonb;
  v_new jsonb;
begin
  if tg_op <> 'INSERT' then v_old := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then v_new := to_jsonb(new); end if;
  if v_old ->> tg_argv[0] is distinct from v_new ->> tg_argv[0] and v_old is not null then
    perform configuration_record(v_section, v_old ->> tg_argv[0], null, 'none');
  end if;
  if v_new is not null then
    perform configuration_record(v_section, v_new ->> tg_argv[0], configuration_image(v_new),
      case
        when v_new ->> 'secret_hash' is null then 'none'
        when v_new ->> 'secret_hash' is not distinct from v_old ->> 'secret_hash' then 'kept'
        else 'set'
      end);
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.configuration_state_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  v_section text;
  v_value jsonb;
begin
  if new.version <> old.version then
    perform set_config('curfew.configuration_made', new.version::text, true);
    insert into configuration_versions (version, author) values (new.version, 'unknown') on conflict do nothing;
  end if;
  for v_section, v_value in
    select n.key, n.value
    from jsonb_each(to_jsonb(new) - '{singleton,version,applied_digest,applied_version}'::text[]) n
    where n.value is distinct from to_jsonb(old) -> n.key
  loop
    perform configuration_record(v_section, v_section, v_value, 'none');
  end loop;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.configuration_version_ensure()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if not exists (select from configuration_versions v where v.version = new.version)
    and exists (select from configuration_changes c
      where c.section = new.section and c.name = new.name and c.version = new.version) then
    update configuration_state set version = version + 1;
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.curfew_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 PARALLEL SAFE
RETURN clock_timestamp();

CREATE OR REPLACE FUNCTION public.from_micros(micros double precision)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN ('1970-01-01 00:00:00+00'::timestamp with time zone + (micros * '00:00:00.000001'::interval));

CREATE OR REPLACE FUNCTION public.refresh_commit(p_mode text, p_token_hash bytea, p_successor_hash bytea, p_successor_sealed bytea, p_window_id uuid, p_proof_jkt text, p_account_version bigint, p_configuration_version bigint, p_refresh_idle integer, p_refresh_absolute integer, p_refresh_overlap integer, p_session_idle integer, p_session_absolute integer, p_inactive_for integer, p_session_inactive_for integer, p_access_token_hash bytea, p_access_token_payload jsonb, p_access_token_expires_at double precision, p_request_id text, p_address text, p_detail jsonb, OUT outcome text, OUT now double precision, OUT last_activity_at double precision, OUT session_last_activity_at double precision)
 RETURNS record
 LANGUAGE sql
AS $function$
  select * from refresh_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                               $20, $21, 0)
$function$;

CREATE OR REPLACE FUNCTION public.refresh_commit(p_mode text, p_token_hash bytea, p_successor_hash bytea, p_successor_sealed bytea, p_window_id uuid, p_proof_jkt text, p_account_version bigint, p_configuration_version bigint, p_refresh_idle integer, p_refresh_absolute integer, p_refresh_overlap integer, p_session_idle integer, p_session_absolute integer, p_inactive_for integer, p_session_inactive_for integer, p_access_token_hash bytea, p_access_token_payload jsonb, p_access_token_expires_at double precision, p_request_id text, p_address text, p_detail jsonb, p_lease_max integer, OUT outcome text, OUT now double precision, OUT last_activity_at double precision, OUT session_last_activity_at double precision)
 RETURNS record
 LANGUAGE sql
AS $function$
  select * from refresh_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, false)
$function$;

CREATE OR REPLACE FUNCTION public.refresh_commit(p_mode text, p_token_hash bytea, p_successor_hash bytea, p_successor_sealed bytea, p_window_id uuid, p_proof_jkt text, p_account_version bigint, p_configuration_version bigint, p_refresh_idle integer, p_refresh_absolute integer, p_refresh_overlap integer, p_session_idle integer, p_session_absolute integer, p_inactive_for integer, p_session_inactive_for integer, p_access_token_hash bytea, p_access_token_payload jsonb, p_access_token_expires_at double precision, p_request_id text, p_address text, p_detail jsonb, p_lease_max integer, p_guards_siblings boolean, OUT outcome text, OUT now double precision, OUT last_activity_at double precision, OUT session_last_activity_at double precision)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  v_family families;
  v_session sessions;
  v_token refresh_tokens;
  v_now timestamptz;
  v_activity timestamptz;
  v_session_activity timestamptz;
  v_free_retry boolean;
begin
  outcome := 'changed';
  select f.* into v_family from families f
    where f.family_id = (select t.family_id from refresh_tokens t where t.token_hash = p_token_hash)
    for no key update;
  if v_family.bound then
    select s.* into v_session from sessions s where s.session_id = v_family.session_id for no key update;
  end if;

  v_now := curfew_now();
  select t.* into v_token from refresh_tokens t where t.token_hash = p_token_hash;
  if v_family.family_id is null or v_family.ended_at is not null
    or not exists (select from accounts a where a.account_id = v_family.account_id and a.version = p_account_version)
    or not exists (select from configuration_state c where c.version = p_configuration_version)
    or v_now >= v_family.started_at + make_interval(secs => p_refresh_absolute)
  then
    return;
  end if;
  v_activity := v_family.last_activity_at;
  if v_family.bound then
    v_activity := greatest(v_activity, v_session.last_activity_at);
    if v_session.session_id is null or v_session.ended_at is not null
      or v_now >= v_session.started_at + make_interval(secs => p_session_absolute)
      or v_now >= v_session.last_activity_at + make_interval(secs => p_session_idle)
    then
      return;
    end if;
    p_refresh_idle := least(p_refresh_idle, p_session_idle);
  end if;
  -- Within a lease the idle limit rests.
  if v_now >= v_activity + make_interval(secs => p_refresh_idle)
    and (v_family.lease_seconds is null
      or v_now >= v_family.started_at + make_interval(secs => least(v_family.lease_seconds, p_lease_max)))
  then
    return;
  end if;

  if p_guards_siblings and v_family.bound
    and v_now - make_interval(secs => p_session_inactive_for) > v_session.last_activity_at
    and exists (select from families o
                where o.session_id = v_session.session_id and o.ended_at is null and o.bound
                  and o.family_id <> v_family.family_id and o.check_at <= v_now)
  then
    return;
  end if;

  if p_mode = 'retry' then
    v_free_retry := v_now < v_token.rotated_at + interval '2 seconds';
    if v_token.rotated_at is null or v_token.rotation_jkt is distinct from p_proof_jkt
      or v_now >= v_token.rotated_at + make_interval(secs => p_refresh_overlap)
      or not (v_free_retry or v_token.retries < 5)
      or exists (select from refresh_tokens s
                 where s.token_hash = v_token.successor_hash and s.rotated_at is not null)
    then
      return;
    end if;
    if not v_free_retry then
      update refresh_tokens t set retries = t.retries + 1 where t.token_hash = p_token_hash;
    end if;
  else
    if v_token.rotated_at is not null then
      return;
    end if;
    if p_mode = 'rotate' then
      update refresh_tokens t
        set rotated_at = v_now, successor_hash = p_successor_hash, successor_sealed = p_successor_sealed,
            window_id = p_window_id, rotation_jkt = p_proof_jkt, inactive_for = p_inactive_for
        where t.token_hash = p_token_hash;
      insert into refresh_tokens (token_hash, family_id, issued_at)
        values (p_successor_hash, v_family.family_id, v_now);
    end if;
  end if;

  v_activity := greatest(v_family.last_activity_at, v_now - make_interval(secs => p_inactive_for));
  if v_activity > v_family.last_activity_at then
    update families f set last_activity_at = v_activity where f.family_id = v_family.family_id;
  end if;
  if v_family.bound then
    v_session_activity :=
      greatest(v_session.last_activity_at, v_now - make_interval(secs => p_session_inactive_for));
    if v_session_activity > v_session.last_activity_at then
      update sessions s set last_activity_at = v_session_activity where s.session_id = v_session.session_id;
    end if;
  end if;

  if p_access_token_hash is not null then
    insert into access_tokens (token_hash, family_id, account_id, client_id, session_id, grant_id, payload, expires_at)
      values (p_access_token_hash, v_family.family_id, v_family.account_id, v_family.client_id,
              v_family.session_id, v_family.grant_id, p_access_token_payload,
              from_micros(p_access_token_expires_at));
  end if;
  insert into audit_events (occurred_at, name, account_id, client_id, session_id, family_id, request_id, address, detail)
    values (v_now, case when p_mode = 'retry' then 'refresh.retried' when p_detail ? 'dropped' then 'refresh.downscoped'
                        else 'refresh.granted' end,
            v_family.account_id, v_family.client_id, v_family.session_id, v_family.family_id,
            p_request_id, p_address, p_detail);

  outcome := 'done';
  now := to_micros(v_now);
  last_activity_at := to_micros(v_activity);
  session_last_activity_at := to_micros(v_session_activity);
end
$function$;

CREATE OR REPLACE FUNCTION public.to_micros(moment timestamp with time zone)
 RETURNS double precision
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN ((EXTRACT(epoch FROM moment) * (1000000)::numeric))::double precision;

CREATE OR REPLACE FUNCTION public.touch_commit(p_session_id text, p_client_ids text[], p_account_version bigint, p_configuration_version bigint, p_session_idle integer, p_session_absolute integer, p_inactive_for integer, p_request_id text, p_address text, p_detail jsonb, OUT outcome text, OUT now double precision, OUT last_activity_at double precision)
 RETURNS record
 LANGUAGE sql
AS $function$
  select * from touch_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false)
$function$;

CREATE OR REPLACE FUNCTION public.touch_commit(p_session_id text, p_client_ids text[], p_account_version bigint, p_configuration_version bigint, p_session_idle integer, p_session_absolute integer, p_inactive_for integer, p_request_id text, p_address text, p_detail jsonb, p_guards_siblings boolean, OUT outcome text, OUT now double precision, OUT last_activity_at double precision)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  v_session sessions;
  v_now timestamptz;
  v_activity timestamptz;
begin
  outcome := 'changed';
  select s.* into v_session from sessions s where s.session_id = p_session_id for no key update;

  v_now := curfew_now();
  if v_session.session_id is null or v_session.ended_at is not null or v_session.started_at is null
    or v_session.client_ids is distinct from p_client_ids
    or not exists (select from accounts a where a.account_id = v_session.account_id and a.version = p_account_version)
    or not exists (select from configuration_state c where c.version = p_configuration_version)
    or v_now >= v_session.started_at + make_interval(secs => p_session_absolute)
    or v_now >= v_session.last_activity_at + make_interval(secs => p_session_idle)
  then
    return;
  end if;

  v_activity := greatest(v_session.last_activity_at, v_now - make_interval(secs => p_inactive_for));
  if v_activity > v_session.last_activity_at then
    if p_guards_siblings and exists (select from families o
                                     where o.session_id = p_session_id and o.ended_at is null and o.bound
                                       and o.check_at <= v_now)
    then
      return;
    end if;
    update sessions s set last_activity_at = v_activity where s.session_id = p_session_id;
    insert into audit_events (occurred_at, name, account_id, session_id, request_id, address, detail)
      values (v_now, 'session.extended', v_session.account_id, p_session_id, p_request_id, p_address, p_detail);
  end if;

  outcome := 'done';
  now := to_micros(v_now);
  last_activity_at := to_micros(v_activity);
end
$function$;

revoke execute on function audit_drop_months(interval) from public;
revoke execute on function audit_erase(text) from public;
revoke execute on function audit_partition_ensure(timestamp with time zone) from public;
revoke execute on function configuration_record(text,text,jsonb,text) from public;
revoke execute on function configuration_row_changed() from public;
revoke execute on function configuration_state_changed() from public;
revoke execute on function configuration_version_ensure() from public;
grant usage on schema public to curfew_server;
grant delete, insert, select, update on access_tokens to curfew_server;
grant delete, insert, select on account_roles to curfew_server;
grant insert, select, update on accounts to curfew_server;
grant delete, insert, select, update on artifacts to curfew_server;
grant insert, select on audit_events to curfew_server;
grant select, update on audit_head to curfew_server;
grant insert, select on audit_seals to curfew_server;
grant insert, select on audit_subjects to curfew_server;
grant delete, insert, select, update on authorization_codes to curfew_server;
grant delete, insert, select, update on check_walks to curfew_server;
grant delete, insert, select, update on clients to curfew_server;
grant select on configuration_changes to curfew_server;
grant select, update on configuration_state to curfew_server;
grant insert, select on configuration_versions to curfew_server;
grant delete, insert, select, update on control_findings to curfew_server;
grant select, update on control_runs to curfew_server;
grant select, update on control_walks to curfew_server;
grant delete, insert, select, update on deviations to curfew_server;
grant delete, insert, select, update on families to curfew_server;
grant delete, insert, select, update on former_client_secrets to curfew_server;
grant delete, insert, select, update on grants to curfew_server;
grant delete, insert, select, update on idempotent_answers to curfew_server;
grant delete, insert, select, update on known_devices to curfew_server;
grant delete, insert, select, update on notice_receivers to curfew_server;
grant delete, insert, select, update on notices to curfew_server;
grant delete, insert, select on passkey_challenges to curfew_server;
grant update on passkey_challenges (expires_at) to curfew_server;
grant delete, insert, select on passkeys to curfew_server;
grant update on passkeys (backed_up) to curfew_server;
grant update on passkeys (counter) to curfew_server;
grant update on passkeys (last_used_at) to curfew_server;
grant update on passkeys (name) to curfew_server;
grant delete, insert, select, update on password_links to curfew_server;
grant delete, insert, select, update on policies to curfew_server;
grant insert, select on policy_versions to curfew_server;
grant delete, insert, select, update on rate_counts to curfew_server;
grant delete, insert, select, update on recovery_codes to curfew_server;
grant delete, insert, select, update on refresh_tokens to curfew_server;
grant delete, insert, select, update on resources to curfew_server;
grant delete, insert, select, update on roles to curfew_server;
grant delete, insert, select, update on scopes to curfew_server;
grant delete, insert, select, update on second_factor_states to curfew_server;
grant delete, insert, select, update on sessions to curfew_server;
grant delete, insert, select, update on sign_in_failures to curfew_server;
grant select, update on signing_key_version to curfew_server;
grant delete, insert, select, update on signing_keys to curfew_server;
grant delete, insert, select, update on ssf_removed_subjects to curfew_server;
grant delete, insert, select, update on ssf_streams to curfew_server;
grant delete, insert, select, update on totp_factors to curfew_server;
grant insert, select, update on trail_keys to curfew_server;
grant delete, insert, select, update on usage_days to curfew_server;
grant delete, insert, select, update on usage_events to curfew_server;
grant delete, insert, select, update on usage_groups to curfew_server;
grant delete, insert, select, update on usage_people to curfew_server;
grant select, update on usage_progress to curfew_server;
grant delete, insert, select, update on usage_recent to curfew_server;
grant delete, insert, select, update on usage_recent_policies to curfew_server;
grant delete, insert, select, update on window_secrets to curfew_server;
grant execute on function audit_drop_months(interval) to curfew_server;
grant execute on function audit_erase(text) to curfew_server;
grant execute on function audit_partition_ensure(timestamp with time zone) to curfew_server;
