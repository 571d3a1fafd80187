-- When to look next whether a limit has passed: never later than that, often earlier. It finds
-- candidates and decides nothing; no refresh writes it. What is new, or whose limits may have become
-- shorter, is looked at in the next sweep.
alter table families add column check_at timestamptz not null default '-infinity';
create index families_check on families (check_at) where ended_at is null;

alter table sessions add column check_at timestamptz not null default '-infinity';
create index sessions_check on sessions (check_at) where ended_at is null and account_id is not null;
