-- The transaction that wrote the event: what says, without a word from any clock, which events a
-- sealing has seen. What stood here before carries the transaction of this migration.
alter table audit_events add column xact xid8 not null default pg_current_xact_id();
-- The moment is read after the transaction has its number: an event of a transaction that began after a
-- sealing says no moment before it.
alter table audit_events alter column occurred_at
  set default case when pg_current_xact_id() is not null then curfew_now() end;

-- What stands for an account in the seals: a pseudonym, and the key of the commitments to its personal
-- data. Without this row nothing in a seal leads to the person. Not tied to `accounts`: the trail
-- outlives them.
create table audit_subjects (
  account_id text primary key,
  pseudonym uuid not null default gen_random_uuid(),
  key bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);

-- The chain over the trail, numbered without gaps. Each seal holds a digest for every event of one
-- month that it covers, and a code over its predecessor's code and all of its own columns, under a key
-- that the database does not have.
create table audit_seals (
  seal_number bigint primary key,
  month date not null,
  event_count integer not null,
  -- SHA-256 over the three lists, which go when their month is dropped.
  content_digest bytea not null,
  event_ids uuid[],
  digests bytea[],
  commitments bytea[],
  -- Read in this order: transactions of later numbers have later moments and ids.
  sealed_at timestamptz not null,
  ids_from uuid not null,
  began xid8 not null,
  key_id text not null,
  mac bytea not null
);

-- How far the chain goes, and what it has seen: the seals up to here cover every event that is visible in
-- the snapshot, which is not taken from any clock. Under a code of its own that is kept nowhere else.
create table audit_head (
  singleton boolean primary key default true check (singleton),
  seal_number bigint not null,
  snapshot pg_snapshot not null,
  key_id text not null,
  mac bytea not null
);
insert into audit_head (seal_number, snapshot, key_id, mac) values (0, '3:3:', '', '');

grant select, insert on audit_subjects, audit_seals to curfew_server;
grant select, update on audit_head to curfew_server;

alter table configuration_state add column audit jsonb not null default '{}';

-- Remove a deleted account's personal data from the trail, and the key that its seals need to be
-- linked to them. The pseudonym stays in their place. No sealing runs meanwhile. Returns how many
-- events there were.
create function audit_erase(p_account_id text) returns integer
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
  insert into audit_events (name, account_id, detail)
    values ('account.erased', v_subject, jsonb_build_object('events', v_count));
  return v_count;
end
$$;
revoke execute on function audit_erase(text) from public;
grant execute on function audit_erase(text) to curfew_server;

-- Drop the oldest month that ended longer ago than `p_keep`, at least 30 days, and whose events are as
-- many as were sealed; one where they are not stays, for whoever verifies the trail. Returns each month
-- looked at and whether it went: one at most, so that nothing is counted while requests wait for the
-- drop. For the same reason it waits for no lock for long.
create function audit_drop_months(p_keep interval, out month date, out dropped boolean) returns setof record
  language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s'
as $$
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
$$;
revoke execute on function audit_drop_months(interval) from public;
grant execute on function audit_drop_months(interval) to curfew_server;
