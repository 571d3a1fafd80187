-- What happened to one account, newest first, without reading the trail of all others. Refreshes are left out: they
-- are most of the trail, tell a person nothing, and so write no entry here.
create index audit_events_account on audit_events (account_id, event_id)
  where account_id is not null and name not like 'refresh.%';
