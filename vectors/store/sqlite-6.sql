-- A file as version 6 of the tables left it: every later version must open it and lose nothing.
PRAGMA user_version = 6;
PRAGMA application_id = 1934644035;
BEGIN;
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
CREATE TABLE guard (
    key     BLOB PRIMARY KEY CHECK (length(key) = 32),
    version INTEGER NOT NULL CHECK (version > 0),
    ends    INTEGER NOT NULL, -- milliseconds since 1970
    state   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX guard_ends ON guard (ends);
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
CREATE TABLE local_sign_in (
    id       BLOB PRIMARY KEY CHECK (length(id) = 32),
    at       INTEGER NOT NULL, -- milliseconds since 1970
    person   TEXT NOT NULL,
    compared INTEGER NOT NULL CHECK (compared IN (0, 1)),
    record   TEXT NOT NULL -- JSON, with its version
) STRICT;
CREATE INDEX local_sign_in_open ON local_sign_in (person, at) WHERE compared = 0;
CREATE INDEX local_sign_in_time ON local_sign_in (at) WHERE compared = 0;
INSERT INTO account VALUES (x'01010101010101010101010101010101', 3, x'7b7d', 'https://psc.test/realms/esante-wallet', 'anne@exemple.fr', 60000);
INSERT INTO identity VALUES ('https://psc.test/realms/esante-wallet', '899700218896', x'01010101010101010101010101010101', 0);
INSERT INTO identity VALUES ('https://psc.test/realms/esante-wallet', 'ANS2021010716', x'01010101010101010101010101010101', 1);
INSERT INTO log VALUES (0, x'01010101010101010101010101010101', x'0100ff', CAST('record 1' AS BLOB), x'0101010101010101010101010101010101010101010101010101010101010101');
INSERT INTO log VALUES (1, x'02020202020202020202020202020202', x'0200ff', x'', zeroblob(32)); -- forgotten
INSERT INTO visit VALUES (x'0101010101010101010101010101010101010101010101010101010101010101', 900000, CAST('signed in' AS BLOB));
INSERT INTO guard VALUES (x'0707070707070707070707070707070707070707070707070707070707070707', 4, 900000, CAST('{}' AS BLOB));
INSERT INTO psc_session VALUES (x'0909090909090909090909090909090909090909090909090909090909090909', 5, 900000, x'00ff');
INSERT INTO psc_session_mark VALUES (x'0808080808080808080808080808080808080808080808080808080808080808', x'0909090909090909090909090909090909090909090909090909090909090909', 0);
INSERT INTO seen_once VALUES (x'0606060606060606060606060606060606060606060606060606060606060606', 900000);
INSERT INTO local_sign_in VALUES (x'0505050505050505050505050505050505050505050505050505050505050505', 60000, '899700218896', 0, '{"v":1,"state":{"id":[5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5],"at":60000,"service":"https://ward.example","professional":{"id_nat":"899700218896","other_ids":[],"name":{"family":"SPECIALISTE","given":"ÉLODIE","civility":""},"practices":[]},"card":"2800636234","certificate":[7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7],"opening":{"by":"outage","since":0,"cause":10004,"from":50000,"until":90000},"revocation_as_of":null,"reconciled":null}}');
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
CREATE TABLE mail_limit (
    key     BLOB PRIMARY KEY CHECK (length(key) = 32),
    version INTEGER NOT NULL CHECK (version > 0),
    ends    INTEGER NOT NULL, -- milliseconds since 1970
    state   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_limit_ends ON mail_limit (ends);
INSERT INTO account_link VALUES ('1742', 3, x'7b7d');
INSERT INTO account_link_identity VALUES ('https://psc.test/realms/esante-wallet', '899700218896', '1742', 0);
INSERT INTO account_life VALUES (x'01010101010101010101010101010101', 2, x'7b7d', 60000);
INSERT INTO tombstone VALUES (x'0707070707070707070707070707070707070707070707070707070707070707', 900000);
INSERT INTO mail_limit VALUES (x'0404040404040404040404040404040404040404040404040404040404040404', 3, 900000, CAST('{}' AS BLOB));
COMMIT;
