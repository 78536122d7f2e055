-- Version 2: links of the application's own accounts; how many mails were asked for, by keyed hashes.
CREATE TABLE sas_link (
    account TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version > 0),
    state   BYTEA NOT NULL,
    issuer  TEXT NOT NULL,
    numbers TEXT NOT NULL, -- the identifiers in their order, one a line
    tag     BYTEA NOT NULL
);
CREATE TABLE sas_link_identity (
    issuer   TEXT NOT NULL,
    identity TEXT NOT NULL,
    account  TEXT NOT NULL,
    PRIMARY KEY (issuer, identity)
);
CREATE INDEX sas_link_identity_account ON sas_link_identity (account);

CREATE TABLE sas_mail_limit (
    key     BYTEA PRIMARY KEY CHECK (octet_length(key) = 32),
    version BIGINT NOT NULL CHECK (version > 0),
    ends    BIGINT NOT NULL, -- milliseconds since 1970
    state   BYTEA NOT NULL,
    tag     BYTEA NOT NULL
);
CREATE INDEX sas_mail_limit_ends ON sas_mail_limit (ends);
