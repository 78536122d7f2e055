-- Version 1 of a consent log's private side: every entry with its record and salt, the head, the terms shown.
-- A forgotten row keeps its entry alone.
CREATE TABLE log (
    position  INTEGER PRIMARY KEY,
    entry     BLOB NOT NULL,
    id        BLOB CHECK (length(id) = 16),
    principal BLOB CHECK (length(principal) = 32),
    salt      BLOB CHECK (length(salt) = 32),
    record    BLOB,
    CHECK ((id IS NULL) = (record IS NULL) AND (id IS NULL) = (salt IS NULL) AND (id IS NULL) = (principal IS NULL))
) STRICT;
CREATE UNIQUE INDEX log_id ON log (id) WHERE id IS NOT NULL;
CREATE INDEX log_principal ON log (principal) WHERE principal IS NOT NULL;

-- The last checkpoint that was signed; "settled": the full files under so many entries are safe on the disk.
CREATE TABLE head (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    size      INTEGER NOT NULL,
    note      TEXT NOT NULL,
    settled   INTEGER NOT NULL,
    elsewhere TEXT -- where the last checkpoint is kept too
) STRICT;

CREATE TABLE terms (
    hash           BLOB PRIMARY KEY CHECK (length(hash) = 32),
    slug           TEXT NOT NULL,
    version        TEXT NOT NULL,
    lang           TEXT NOT NULL,
    effective_from INTEGER NOT NULL, -- milliseconds since 1970
    change         TEXT NOT NULL,
    url            TEXT,
    UNIQUE (slug, version, lang)
) STRICT;

CREATE TABLE document (
    terms      BLOB NOT NULL REFERENCES terms (hash),
    place      INTEGER NOT NULL,
    title      TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes      BLOB NOT NULL,
    PRIMARY KEY (terms, place)
) STRICT, WITHOUT ROWID;
