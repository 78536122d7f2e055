-- Version 6: how many mails were asked for, by keyed hashes of mailboxes, people and networks.
CREATE TABLE mail_limit (
    key     BLOB PRIMARY KEY CHECK (length(key) = 32),
    version INTEGER NOT NULL CHECK (version > 0),
    ends    INTEGER NOT NULL, -- milliseconds since 1970
    state   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_limit_ends ON mail_limit (ends);
