-- Version 3: the life of accounts; who was erased, as keyed hashes.
CREATE TABLE sas_life (
    account BYTEA PRIMARY KEY CHECK (octet_length(account) = 16),
    version BIGINT NOT NULL CHECK (version > 0),
    state   BYTEA NOT NULL,
    due_at  BIGINT, -- milliseconds since 1970, here and below
    tag     BYTEA NOT NULL
);
CREATE INDEX sas_life_due ON sas_life (due_at, account) WHERE due_at IS NOT NULL;

CREATE TABLE sas_tombstone (
    name BYTEA PRIMARY KEY CHECK (octet_length(name) = 32),
    ends BIGINT NOT NULL
);
CREATE INDEX sas_tombstone_ends ON sas_tombstone (ends);
