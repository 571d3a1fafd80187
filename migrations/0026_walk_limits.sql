-- A walk lowers `check_at` only to the moment at which the limits of the row's own subject end it. These are worked
-- out once for each walk, by the first sweeper that comes to it: until then `limits` is null.
alter table check_walks
  add column configuration_version bigint not null default 0,
  add column limits jsonb,
  drop column is_new,
  drop column idle,
  drop column absolute;
update check_walks set configuration_version = (select version from configuration_state);
alter table check_walks alter column configuration_version drop default;
