-- Roll-ups of usage look people up by the pseudonym that the trail knows them by.
create unique index audit_subjects_pseudonym on audit_subjects (pseudonym);
