-- Commit one "stay signed in". The session is locked; only then is the clock read and everything
-- asserted anew that the decision rested on. Nothing is written unless all of it still holds; `outcome` is
-- then `changed` and the caller decides again. Only the activity moves, and never back.
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
    update sessions s set last_activity_at = v_activity where s.session_id = p_session_id;
    insert into audit_events (occurred_at, name, account_id, session_id, request_id, address, detail)
      values (v_now, 'session.extended', v_session.account_id, p_session_id, p_request_id, p_address, p_detail);
  end if;

  outcome := 'done';
  now := to_micros(v_now);
  last_activity_at := to_micros(v_activity);
end
$$;
