-- A walk works out the limits of each page's own subjects; what is over already is put in line first, by one sweeper.
alter table check_walks
  drop column limits,
  add column overdue_first boolean not null default false;
