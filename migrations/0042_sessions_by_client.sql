-- Open sessions of a client: whose policy changes binds them. No refresh writes it.
create index sessions_clients on sessions using gin (client_ids) where ended_at is null;
