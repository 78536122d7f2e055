-- Version 2: the rows of the CIBA guard, under keyed hashes.
CREATE TABLE guard (
    key     BLOB PRIMARY KEY CHECK (length(key) = 32),
    version INTEGER NOT NULL CHECK (version > 0),
    ends    INTEGER NOT NULL, -- milliseconds since 1970
    state   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX guard_ends ON guard (ends);
