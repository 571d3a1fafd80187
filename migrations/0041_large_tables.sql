-- As before, but by the index, also in a transaction that changes thousands of entries: names of tables sort as "C", which
-- their comparison took over and the index does not have; and a plan that was made while the history was small is kept.
create or replace function configuration_record(p_section text, p_name text, p_after jsonb, p_secret text) returns void
  language plpgsql set enable_seqscan = off
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
$$;

-- People of a role in an order: the first one who is enabled is found without a look at all the others.
drop index account_roles_role;
create index account_roles_role on account_roles (role, account_id);
