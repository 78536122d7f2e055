-- Version 4: an account that moves on stays in its page, and its indexes as they are.
ALTER TABLE sas_account SET (fillfactor = 50);
