-- Run as the superuser in the database of the server, any number of times. curfew_owner owns the tables
-- and migrates them; curfew, which the servers log in as, gets rows and nothing more, by curfew_server.
-- PostgreSQL itself reads the passwords, from the secrets mounted into its container.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['curfew_owner', 'curfew', 'curfew_server'] loop
    if to_regrole(role_name) is null then
      execute format('create role %I', role_name);
    end if;
  end loop;
  execute format(
    'alter role curfew_owner login password %L',
    btrim(pg_read_file('/run/secrets/owner_password'), E' \r\n')
  );
  execute format(
    'alter role curfew login password %L',
    btrim(pg_read_file('/run/secrets/server_password'), E' \r\n')
  );
  execute format('alter database %I owner to curfew_owner', current_database());
  if not pg_has_role('curfew', 'curfew_server', 'member') then
    grant curfew_server to curfew;
  end if;
end
$$;
