-- As before, but for the collation: the name of a table brings its own, under which no index of the history could be
-- used, and each entry written read all the others.
create or replace function configuration_row_changed() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
as $$
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
$$;
