-- Lists of accounts go by the bytes of the name, whatever the collation of the database: so that a beginning
-- is one range, and no page costs more when there are more accounts.
create index accounts_by_name on accounts ((lower(username) collate "C")) where deleted_at is null;
create index account_roles_role on account_roles (role);
