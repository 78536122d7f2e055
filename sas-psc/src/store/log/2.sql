-- Version 2: the evidence behind records, sealed under their salts; gone with them.
CREATE TABLE evidence (
    position INTEGER NOT NULL REFERENCES log (position),
    kind     TEXT NOT NULL,
    sealed   BLOB NOT NULL,
    PRIMARY KEY (position, kind)
) STRICT, WITHOUT ROWID;
