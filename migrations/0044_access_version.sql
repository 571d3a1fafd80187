-- Rises whenever all access of an account ends. A sign-in begins a session only while it is what it was when its
-- password or passkey was proved.
alter table accounts add column access_version bigint not null default 1;
