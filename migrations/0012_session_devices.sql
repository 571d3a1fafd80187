-- From where a session was signed in to, for its owner to recognise it: the browser as it named itself,
-- and the address, both of the last full sign-in.
alter table sessions
  add column user_agent text check (length(user_agent) <= 512),
  add column address text;
