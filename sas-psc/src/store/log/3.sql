-- Version 3: whose records they are, in a table that follows the log in batches (people.rs); "indexed": it has the entries
-- under this position. A segment is 65,536 positions.
CREATE TABLE person (
    segment   INTEGER NOT NULL,
    principal BLOB NOT NULL CHECK (length(principal) = 32),
    position  INTEGER NOT NULL,
    PRIMARY KEY (segment, principal, position)
) STRICT, WITHOUT ROWID;
ALTER TABLE head ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
INSERT INTO person
    SELECT position / 65536, principal, position FROM log WHERE principal IS NOT NULL ORDER BY 1, 2, 3;
UPDATE head SET indexed = size;
DROP INDEX log_principal;
