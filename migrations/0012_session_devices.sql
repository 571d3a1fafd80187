-- From where a session was signed in to, for its owner to recognise it: the browser as it named itself,
-- and the address, both of the last full sign-in.
alter table sessions
  add column user_agent text check (length(user_agent) <= 512),
  add column address text;

-- An app's access without refresh tokens, which its owner may end.
create index access_tokens_lone on access_tokens (account_id, client_id) where family_id is null;
