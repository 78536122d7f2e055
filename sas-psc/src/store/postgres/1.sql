-- Version 1. Times are milliseconds since 1970. No foreign keys, sequences, triggers or locks by name: what is related
-- is written by one transaction. A tag names the call that wrote a row last, so that a lost answer can be found again.
CREATE TABLE sas_account (
    id      BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
    version BIGINT NOT NULL CHECK (version > 0),
    state   BYTEA NOT NULL,
    issuer  TEXT NOT NULL,
    numbers TEXT NOT NULL, -- the identifiers in their order, one a line
    email   TEXT,
    wake_at BIGINT,
    tag     BYTEA NOT NULL,
    earlier BYTEA NOT NULL -- the tag before
);
CREATE UNIQUE INDEX sas_account_email ON sas_account (email) WHERE email IS NOT NULL;
CREATE INDEX sas_account_wake_at ON sas_account (wake_at, id) WHERE wake_at IS NOT NULL;

CREATE TABLE sas_identity (
    issuer   TEXT NOT NULL,
    identity TEXT NOT NULL,
    account  BYTEA NOT NULL,
    PRIMARY KEY (issuer, identity)
);
CREATE INDEX sas_identity_account ON sas_identity (account);

-- Positions run from 0 without a gap: sas_log_head counts them. A forgotten entry has an empty record and a zero salt.
CREATE TABLE sas_log (
    position  BIGINT PRIMARY KEY,
    record_id BYTEA NOT NULL CHECK (octet_length(record_id) = 16),
    leaf      BYTEA NOT NULL,
    record    BYTEA NOT NULL,
    salt      BYTEA NOT NULL CHECK (octet_length(salt) = 32)
);
CREATE UNIQUE INDEX sas_log_record ON sas_log (record_id);
CREATE TABLE sas_log_head (
    name TEXT PRIMARY KEY,
    size BIGINT NOT NULL
);
INSERT INTO sas_log_head (name, size) VALUES ('log', 0);

CREATE TABLE sas_visit (
    key   BYTEA PRIMARY KEY CHECK (octet_length(key) = 32),
    ends  BIGINT NOT NULL,
    visit BYTEA NOT NULL
);
CREATE INDEX sas_visit_ends ON sas_visit (ends);

-- The rows of the CIBA guard, under keyed hashes.
CREATE TABLE sas_guard (
    key     BYTEA PRIMARY KEY CHECK (octet_length(key) = 32),
    version BIGINT NOT NULL CHECK (version > 0),
    ends    BIGINT NOT NULL,
    state   BYTEA NOT NULL,
    tag     BYTEA NOT NULL
);
CREATE INDEX sas_guard_ends ON sas_guard (ends);

-- Sessions of PSC, sealed, found by keyed hashes; and names that may be used once.
CREATE TABLE sas_session (
    key     BYTEA PRIMARY KEY CHECK (octet_length(key) = 32),
    version BIGINT NOT NULL CHECK (version > 0),
    ends    BIGINT NOT NULL,
    sealed  BYTEA NOT NULL,
    marks   BYTEA NOT NULL, -- in their order, 32 bytes each
    tag     BYTEA NOT NULL
);
CREATE INDEX sas_session_ends ON sas_session (ends);
CREATE TABLE sas_session_mark (
    mark    BYTEA NOT NULL CHECK (octet_length(mark) = 32),
    session BYTEA NOT NULL,
    PRIMARY KEY (mark, session)
);
CREATE INDEX sas_session_mark_session ON sas_session_mark (session);
CREATE TABLE sas_once (
    name  BYTEA PRIMARY KEY CHECK (octet_length(name) = 32),
    until BIGINT NOT NULL,
    tag   BYTEA NOT NULL
);
CREATE INDEX sas_once_until ON sas_once (until);

-- Sign-ins with the card alone, while Pro Santé Connect was unreachable; compared with the next one there.
CREATE TABLE sas_local_sign_in (
    id       BYTEA PRIMARY KEY CHECK (octet_length(id) = 32),
    at       BIGINT NOT NULL,
    person   TEXT NOT NULL,
    compared BOOLEAN NOT NULL,
    record   TEXT NOT NULL, -- JSON, with its version
    tag      BYTEA NOT NULL
);
CREATE INDEX sas_local_sign_in_person ON sas_local_sign_in (person, at);
CREATE INDEX sas_local_sign_in_at ON sas_local_sign_in (at);
