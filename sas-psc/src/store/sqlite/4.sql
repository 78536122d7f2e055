-- Version 4: sign-ins with the card alone, while Pro Santé Connect was unreachable; compared with the next one there.
CREATE TABLE local_sign_in (
    id       BLOB PRIMARY KEY CHECK (length(id) = 32),
    at       INTEGER NOT NULL, -- milliseconds since 1970
    person   TEXT NOT NULL,
    compared INTEGER NOT NULL CHECK (compared IN (0, 1)),
    record   TEXT NOT NULL -- JSON, with its version
) STRICT;
CREATE INDEX local_sign_in_open ON local_sign_in (person, at) WHERE compared = 0;
CREATE INDEX local_sign_in_time ON local_sign_in (at) WHERE compared = 0;
