-- The detective control: what it found, and how far it came. It has SQL of its own, and reads what the gate and the
-- sweepers write; nothing they do rests on these tables.
create table control_findings (
  kind text not null,
  -- The session, family or access token that lives on, or the event of the trail that should not be there.
  subject_id text not null,
  seen_at timestamptz not null default curfew_now(),
  checked_at timestamptz not null default curfew_now(),
  -- Until then nothing is said of it: whoever ends things may be about to.
  confirmed_at timestamptz,
  primary key (kind, subject_id)
);
create index control_findings_checked on control_findings (checked_at);

-- What is walked through, page by page along an index. `after` of no row: from the beginning.
create table control_walks (
  walk text primary key check (walk in ('sessions', 'families', 'access_tokens')),
  after_at timestamptz not null default '-infinity',
  after_id text not null default '',
  began_at timestamptz not null default curfew_now(),
  -- When all of it had been looked at; null: not yet once.
  walked_at timestamptz
);
insert into control_walks (walk) values ('sessions'), ('families'), ('access_tokens');

-- One row: when a run last began and was last over, and the seal up to which it has read the trail.
create table control_runs (
  singleton boolean primary key default true check (singleton),
  began_at timestamptz not null default '-infinity',
  completed_at timestamptz,
  seal_number bigint not null
);
insert into control_runs (seal_number) select coalesce(max(seal_number), 0) from audit_seals;

grant select, insert, update, delete on control_findings to curfew_server;
grant select, update on control_walks, control_runs to curfew_server;
