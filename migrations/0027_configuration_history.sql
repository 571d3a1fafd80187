-- The history of the configuration, written by the database itself: whatever changes a row of the configuration
-- leaves what it was and became, under the version that this made, and no version is made without an entry here.
create table configuration_versions (
  version bigint primary key,
  made_at timestamptz not null default curfew_now(),
  -- `curfew apply`, `start`, `admin`, …; `unknown` where whoever made it did not say.
  author text not null,
  -- The person behind it, if that was one; a pseudonym once the account is deleted.
  account_id text,
  message text,
  -- The version that this one re-establishes.
  reverts_to bigint
);

-- Rows as they were and became, without secrets and digests of them: of a client's secret only the version that set
-- it. null: there was none, or is none any more.
create table configuration_changes (
  version bigint not null,
  section text not null,
  name text not null,
  before jsonb,
  after jsonb,
  primary key (section, name, version)
);
create index configuration_changes_version on configuration_changes (version, section, name);

-- A row as it is kept: of a secret and its digest nothing.
create function configuration_image(p_row jsonb) returns jsonb
  language sql immutable
  return p_row - '{secret_hash,created_at}'::text[];

-- The history begins with what is there.
insert into configuration_versions (version, author, message)
  select version, 'curfew migrate', 'The history begins with this version.' from configuration_state;
insert into configuration_changes (version, section, name, after)
  select s.version, found.section, found.name, found.image
  from configuration_state s, lateral (
    select 'policies' as section, name, configuration_image(to_jsonb(p)) as image from policies p
    union all select 'roles', name, configuration_image(to_jsonb(r)) from roles r
    union all select 'scopes', name, configuration_image(to_jsonb(c)) from scopes c
    union all select 'resources', identifier, configuration_image(to_jsonb(r)) from resources r
    union all select 'deviations', name, configuration_image(to_jsonb(d)) from deviations d
    union all select 'clients', client_id, configuration_image(to_jsonb(c))
      || case when c.secret_hash is null then '{}' else jsonb_build_object('secret_version', s.version) end from clients c
    union all select key, key, value
      from jsonb_each(to_jsonb(s) - '{singleton,version,applied_digest,applied_version}'::text[]) where value <> '{}'
  ) found;

-- Note what an entry became. `p_secret`: `none`, `kept`, or `set` by this change. The version is the one that this
-- transaction made, else the one that it is about to make; nobody else makes one meanwhile.
create function configuration_record(p_section text, p_name text, p_after jsonb, p_secret text) returns void
  language plpgsql
as $$
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
    where c.section = p_section and c.name = p_name order by c.version desc limit 1;
  select c.after into v_before from configuration_changes c
    where c.section = p_section and c.name = p_name and c.version < v_version order by c.version desc limit 1;
  if p_secret <> 'none' then
    p_after := p_after || jsonb_build_object('secret_version',
      coalesce(case when p_secret = 'kept' then v_last -> 'secret_version' end, to_jsonb(v_version)));
  end if;
  insert into configuration_changes (version, section, name, before, after)
    values (v_version, p_section, p_name, v_before, p_after)
    on conflict (section, name, version) do update set after = excluded.after;
  delete from configuration_changes c
    where c.section = p_section and c.name = p_name and c.version = v_version and c.before is not distinct from c.after;
end
$$;

-- For tables whose rows are entries of a section. Arguments: the column that names an entry.
create function configuration_row_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  v_old jsonb;
  v_new jsonb;
begin
  if tg_op <> 'INSERT' then v_old := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then v_new := to_jsonb(new); end if;
  if v_old ->> tg_argv[0] is distinct from v_new ->> tg_argv[0] and v_old is not null then
    perform configuration_record(tg_table_name, v_old ->> tg_argv[0], null, 'none');
  end if;
  if v_new is not null then
    perform configuration_record(tg_table_name, v_new ->> tg_argv[0], configuration_image(v_new),
      case
        when v_new ->> 'secret_hash' is null then 'none'
        when v_new ->> 'secret_hash' is not distinct from v_old ->> 'secret_hash' then 'kept'
        else 'set'
      end);
  end if;
  return null;
end
$$;

-- For the one row: its version makes one of the history, and each of its settings is a section of one entry.
create function configuration_state_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
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
$$;

-- At the end of a transaction: what changed without a version being made makes one.
create function configuration_version_ensure() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if not exists (select from configuration_versions v where v.version = new.version)
    and exists (select from configuration_changes c
      where c.section = new.section and c.name = new.name and c.version = new.version) then
    update configuration_state set version = version + 1;
  end if;
  return null;
end
$$;

revoke execute on function configuration_record(text, text, jsonb, text) from public;
revoke execute on function configuration_row_changed(), configuration_state_changed(), configuration_version_ensure()
  from public;

create constraint trigger configuration_changes_versioned after insert on configuration_changes
  deferrable initially deferred for each row execute function configuration_version_ensure();
create trigger configuration_state_history after update on configuration_state
  for each row when (old.* is distinct from new.*) execute function configuration_state_changed();
create trigger policies_history after insert or update or delete on policies
  for each row execute function configuration_row_changed('name');
create trigger roles_history after insert or update or delete on roles
  for each row execute function configuration_row_changed('name');
create trigger scopes_history after insert or update or delete on scopes
  for each row execute function configuration_row_changed('name');
create trigger resources_history after insert or update or delete on resources
  for each row execute function configuration_row_changed('identifier');
create trigger clients_history after insert or update or delete on clients
  for each row execute function configuration_row_changed('client_id');
create trigger deviations_history after insert or update or delete on deviations
  for each row execute function configuration_row_changed('name');

-- The server says who makes a version, and changes nothing of what was said.
grant select, insert on configuration_versions to curfew_server;
grant select on configuration_changes to curfew_server;

-- As before; the pseudonym stands in the history of the configuration as well.
create or replace function audit_erase(p_account_id text) returns integer
  language plpgsql security definer set search_path = public, pg_temp
as $$
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
$$;
