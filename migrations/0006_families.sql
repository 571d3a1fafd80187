-- A refresh token and all its successors.
create table families (
  family_id uuid primary key default uuidv7(),
  account_id text not null references accounts,
  client_id text not null,
  grant_id text not null,
  session_id text not null,
  -- true: ends with its session; false: offline.
  bound boolean not null,
  scopes text[] not null,
  resources text[] not null,
  -- Thumbprint of the DPoP key that it is bound to.
  jkt text,
  -- What the protocol library carries from token to token.
  payload jsonb not null,
  started_at timestamptz not null,
  last_activity_at timestamptz not null,
  mfa_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  end_limit integer,
  end_policy text,
  end_policy_version integer,
  end_found_at timestamptz,
  check ((ended_at is null) = (end_reason is null))
) with (fillfactor = 80);
-- No index holds what a refresh changes, so that its updates stay on their page.
create index families_account on families (account_id) where ended_at is null;
create index families_client on families (client_id) where ended_at is null;
create index families_session on families (session_id) where ended_at is null;
create index families_grant on families (grant_id) where ended_at is null;

create table refresh_tokens (
  token_hash bytea primary key,
  family_id uuid not null references families,
  issued_at timestamptz not null,
  rotated_at timestamptz,
  successor_hash bytea,
  -- The successor under a key that only the presented token and the window's secret give.
  successor_sealed bytea,
  window_id uuid,
  -- Thumbprint of the DPoP proof that came with the rotation; a retry must bring the same.
  rotation_jkt text,
  -- inactive_for as it counted at the rotation; null: the rotation was no activity.
  inactive_for integer,
  -- Retries served later than two seconds after the rotation.
  retries smallint not null default 0
) with (fillfactor = 80);

-- Deleted after the longest overlap: what was sealed under it can then be opened by nobody.
create table window_secrets (
  window_id uuid primary key,
  secret_sealed text not null,
  opened_at timestamptz not null default curfew_now()
);

-- Access tokens that something here must know: opaque ones, good only at this server's own userinfo
-- endpoint, and JWTs without a family, by their `jti` and without a payload, so that they can be revoked.
-- A client's own token has neither account nor session nor grant.
create table access_tokens (
  token_hash bytea primary key,
  family_id uuid,
  account_id text references accounts,
  client_id text not null,
  session_id text,
  grant_id text,
  payload jsonb,
  expires_at timestamptz not null
);
create index access_tokens_expiry on access_tokens (expires_at);

create table signing_keys (
  key_id text primary key,
  algorithm text not null,
  public_jwk jsonb not null,
  private_sealed text not null,
  created_at timestamptz not null default curfew_now(),
  retired_at timestamptz
);

grant select, insert, update, delete on families, refresh_tokens, window_secrets, access_tokens, signing_keys
  to curfew_server;

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
  if v_now >= v_activity + make_interval(secs => p_refresh_idle) then
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

-- Commit one exchange of an authorization code: consume it, and issue the family it gives
-- (`p_token_hash` null: the client takes no refresh token). The account's row is locked first, so that
-- nobody disables the account or signs it out everywhere without seeing this family; then the session.
create function code_exchange_commit(
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
                          started_at, last_activity_at, mfa_at)
      values (p_family_id, v_code.account_id, v_code.client_id, v_code.grant_id, v_code.session_id, p_bound, p_scopes,
              p_resources, p_jkt, p_payload, v_now, v_code.last_activity_at, v_code.mfa_at)
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

  outcome := 'done';
  now := to_micros(v_now);
  last_activity_at := to_micros(v_code.last_activity_at);
  session_last_activity_at := to_micros(v_session.last_activity_at);
end
$$;
