-- Version 1: accounts with their numbers, the consent log, visits.
CREATE TABLE account (
    id      BLOB PRIMARY KEY CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    state   BLOB NOT NULL,
    issuer  TEXT NOT NULL,
    email   TEXT UNIQUE,
    wake_at INTEGER -- milliseconds since 1970, here and in visit.ends
) STRICT;
CREATE INDEX account_wake_at ON account (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE identity (
    issuer   TEXT NOT NULL,
    identity TEXT NOT NULL,
    account  BLOB NOT NULL REFERENCES account (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (issuer, identity)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_account ON identity (account);

-- Positions run from 0 without a gap. A forgotten entry has an empty record and a zero salt.
CREATE TABLE log (
    position  INTEGER PRIMARY KEY,
    record_id BLOB NOT NULL UNIQUE CHECK (length(record_id) = 16),
    leaf      BLOB NOT NULL,
    record    BLOB NOT NULL,
    salt      BLOB NOT NULL CHECK (length(salt) = 32)
) STRICT;

CREATE TABLE visit (
    key   BLOB PRIMARY KEY CHECK (length(key) = 32),
    ends  INTEGER NOT NULL,
    visit BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_ends ON visit (ends);
