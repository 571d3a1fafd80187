-- A lease: what the user allowed an app to do without them, kept as it was allowed. It begins with the
-- family; how long it really runs depends on the policies in force, and is asked when it matters.
alter table authorization_codes
  add column lease_seconds integer,
  add column lease_purpose text,
  add constraint authorization_codes_lease check ((lease_seconds is null) = (lease_purpose is null));
alter table families
  add column lease_seconds integer,
  add column lease_purpose text,
  add constraint families_lease check (lease_seconds is null or (lease_purpose is not null and not bound));
-- Holds nothing that a refresh changes, and nothing at all of a family without a lease.
create index families_leases on families (started_at) where lease_seconds is not null and ended_at is null;

-- Commit one refresh. `mode` is `rotate`, `retry` (the successor is handed out again) or `keep`
-- (no rotation). The family is locked, then its session; only then is the clock read and everything
-- asserted anew that the decision rested on: statements of a volatile function see what committed
-- while the lock was waited for. Nothing is written unless all of it still holds; `outcome` is then
-- `changed` and the caller decides again.
create function refresh_commit(
  p_mode text,
  p_token_hash bytea,
  p_successor_hash bytea,
  p_successor_sealed bytea,
  p_window_id uuid,
  p_proof_jkt text,
  p_account_version bigint,
  p_configuration_version bigint,
  p_refresh_idle integer,
  p_refresh_absolute integer,
  p_refresh_overlap integer,
  p_session_idle integer,
  p_session_absolute integer,
  p_inactive_for integer,
  p_session_inactive_for integer,
  p_access_token_hash bytea,
  p_access_token_payload jsonb,
  p_access_token_expires_at double precision,
  p_request_id text,
  p_address text,
  p_detail jsonb,
  p_lease_max integer,
  out outcome text,
  out now double precision,
  out last_activity_at double precision,
  out session_last_activity_at double precision
) language plpgsql volatile as $$
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
$$;

-- An instance of the version before knows of no lease: it asks as if none were permitted.
create or replace function refresh_commit(
  p_mode text,
  p_token_hash bytea,
  p_successor_hash bytea,
  p_successor_sealed bytea,
  p_window_id uuid,
  p_proof_jkt text,
  p_account_version bigint,
  p_configuration_version bigint,
  p_refresh_idle integer,
  p_refresh_absolute integer,
  p_refresh_overlap integer,
  p_session_idle integer,
  p_session_absolute integer,
  p_inactive_for integer,
  p_session_inactive_for integer,
  p_access_token_hash bytea,
  p_access_token_payload jsonb,
  p_access_token_expires_at double precision,
  p_request_id text,
  p_address text,
  p_detail jsonb,
  out outcome text,
  out now double precision,
  out last_activity_at double precision,
  out session_last_activity_at double precision
) language sql volatile as $$
  select * from refresh_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                               $20, $21, 0)
$$;

-- The lease passes from the code to its family. Until that begins, the idle limit runs.
create or replace function code_exchange_commit(
  p_code_hash bytea,
  p_token_hash bytea,
  p_family_id uuid,
  p_bound boolean,
  p_scopes text[],
  p_resources text[],
  p_jkt text,
  p_payload jsonb,
  p_account_version bigint,
  p_configuration_version bigint,
  p_session_idle integer,
  p_session_absolute integer,
  p_refresh_idle integer,
  p_access_token_hash bytea,
  p_access_token_payload jsonb,
  p_access_token_expires_at double precision,
  p_request_id text,
  p_address text,
  p_detail jsonb,
  out outcome text,
  out now double precision,
  out last_activity_at double precision,
  out session_last_activity_at double precision
) language plpgsql volatile as $$
declare
  v_code authorization_codes;
  v_account accounts;
  v_session sessions;
  v_now timestamptz;
  v_family_id uuid;
begin
  outcome := 'changed';
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
                          started_at, last_activity_at, mfa_at, lease_seconds, lease_purpose)
      values (p_family_id, v_code.account_id, v_code.client_id, v_code.grant_id, v_code.session_id, p_bound, p_scopes,
              p_resources, p_jkt, p_payload, v_now, v_code.last_activity_at, v_code.mfa_at,
              v_code.lease_seconds, v_code.lease_purpose)
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
$$;
