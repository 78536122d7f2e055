-- Version 3: sessions of PSC, sealed, found by keyed hashes; and names that may be used once.
CREATE TABLE psc_session (
    key     BLOB PRIMARY KEY CHECK (length(key) = 32),
    version INTEGER NOT NULL CHECK (version > 0),
    ends    INTEGER NOT NULL, -- milliseconds since 1970, here and in seen_once.until
    sealed  BLOB NOT NULL
) STRICT;
CREATE INDEX psc_session_ends ON psc_session (ends);

CREATE TABLE psc_session_mark (
    mark     BLOB NOT NULL CHECK (length(mark) = 32),
    session  BLOB NOT NULL REFERENCES psc_session (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (mark, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX psc_session_mark_session ON psc_session_mark (session);

CREATE TABLE seen_once (
    name  BLOB PRIMARY KEY CHECK (length(name) = 32),
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_once_until ON seen_once (until);
