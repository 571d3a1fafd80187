-- What is locked while a client gets a family, shared, and while all its access ends, alone: then that misses none in
-- flight. No row: any number of exchanges go on side by side, and none writes to one that all share.
create function client_lock_key(p_client_id text) returns bigint
  language sql immutable
  return hashtextextended('client ' || p_client_id, 0);

-- As before, but for the client's lock, which comes first of all.
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
$$;
