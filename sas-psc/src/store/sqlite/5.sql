-- Version 5: links of the application's own accounts; the life of accounts; who was erased, as keyed hashes.
CREATE TABLE account_link (
    account TEXT PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version > 0),
    state   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account_link_identity (
    issuer   TEXT NOT NULL,
    identity TEXT NOT NULL,
    account  TEXT NOT NULL REFERENCES account_link (account) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (issuer, identity)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_link_identity_account ON account_link_identity (account);

CREATE TABLE account_life (
    account BLOB PRIMARY KEY CHECK (length(account) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    state   BLOB NOT NULL,
    due_at  INTEGER -- milliseconds since 1970, here and below
) STRICT, WITHOUT ROWID;
CREATE INDEX account_life_due ON account_life (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE tombstone (
    name BLOB PRIMARY KEY CHECK (length(name) = 32),
    ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstone_ends ON tombstone (ends);
