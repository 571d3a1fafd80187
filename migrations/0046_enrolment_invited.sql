-- Where a policy says `enrolment: invited`, a first second factor is set up only after a link that an operator gave out
-- chose the password. The link is named by its token's hash, not by a flag: a server of the version before replaces
-- an operator's link by one that anybody asked for, and leaves this column as it was.
alter table password_links add column operator_token_hash bytea;
alter table accounts add column enrolment_invited_at timestamptz;
