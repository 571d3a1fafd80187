-- When an access token was given, by the database's clock: what the detective control holds against ends and limits.
-- null: it was given before. The default comes after the column, so that no row is written anew.
alter table access_tokens add column issued_at timestamptz;
alter table access_tokens alter column issued_at set default curfew_now();
