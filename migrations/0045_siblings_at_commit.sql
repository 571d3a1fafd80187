-- A session's activity holds open what is bound to it: before it moves on, a family whose limit has passed must end. Both
-- writes that move it assert, at their own moment, that none of the others is due for a look (`check_at`, never
-- later than the limit); where one is, `outcome` is `changed`, and the caller ends what is over and says of the
-- rest when to look again.
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
  p_guards_siblings boolean,
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
$$;

create function touch_commit(
  p_session_id text,
  p_client_ids text[],
  p_account_version bigint,
  p_configuration_version bigint,
  p_session_idle integer,
  p_session_absolute integer,
  p_inactive_for integer,
  p_request_id text,
  p_address text,
  p_detail jsonb,
  p_guards_siblings boolean,
  out outcome text,
  out now double precision,
  out last_activity_at double precision
) language plpgsql volatile as $$
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
$$;

-- As servers of the version before call them, while both run.
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
  p_lease_max integer,
  out outcome text,
  out now double precision,
  out last_activity_at double precision,
  out session_last_activity_at double precision
) language sql volatile as $$
  select * from refresh_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, false)
$$;

create or replace function touch_commit(
  p_session_id text,
  p_client_ids text[],
  p_account_version bigint,
  p_configuration_version bigint,
  p_session_idle integer,
  p_session_absolute integer,
  p_inactive_for integer,
  p_request_id text,
  p_address text,
  p_detail jsonb,
  out outcome text,
  out now double precision,
  out last_activity_at double precision
) language sql volatile as $$
  select * from touch_commit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false)
$$;

