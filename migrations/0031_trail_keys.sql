-- Keys of seals whose CURFEW_SECRET is to be dropped, each sealed under a newer one: what they sealed stays provable.
create table trail_keys (
  key_id text primary key,
  key_sealed text not null
);
grant select, insert, update on trail_keys to curfew_server;
