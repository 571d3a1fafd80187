-- What an operator tells the person whose session they end; shown when that person comes back.
alter table sessions add column end_note text;
