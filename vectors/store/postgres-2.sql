-- A database as version 2 of the tables left it: every later version must open it and lose nothing.
CREATE TABLE sas_migration (version BIGINT PRIMARY KEY);
INSERT INTO sas_migration VALUES (1), (2);
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
CREATE TABLE sas_link (
    account TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version > 0),
    state   BYTEA NOT NULL,
    issuer  TEXT NOT NULL,
    numbers TEXT NOT NULL, -- the identifiers in their order, one a line
    tag     BYTEA NOT NULL
);
CREATE TABLE sas_link_identity (
    issuer   TEXT NOT NULL,
    identity TEXT NOT NULL,
    account  TEXT NOT NULL,
    PRIMARY KEY (issuer, identity)
);
CREATE INDEX sas_link_identity_account ON sas_link_identity (account);

CREATE TABLE sas_mail_limit (
    key     BYTEA PRIMARY KEY CHECK (octet_length(key) = 32),
    version BIGINT NOT NULL CHECK (version > 0),
    ends    BIGINT NOT NULL, -- milliseconds since 1970
    state   BYTEA NOT NULL,
    tag     BYTEA NOT NULL
);
CREATE INDEX sas_mail_limit_ends ON sas_mail_limit (ends);
UPDATE sas_log_head SET size = 2;
INSERT INTO sas_account VALUES (decode(repeat('01', 16), 'hex'), 3, '\x7b7d', 'https://psc.test/realms/esante-wallet', E'899700218896\nANS2021010716', 'anne@exemple.fr', 60000, '\x01', '\x02');
INSERT INTO sas_identity VALUES ('https://psc.test/realms/esante-wallet', '899700218896', decode(repeat('01', 16), 'hex'));
INSERT INTO sas_identity VALUES ('https://psc.test/realms/esante-wallet', 'ANS2021010716', decode(repeat('01', 16), 'hex'));
INSERT INTO sas_log VALUES (0, decode(repeat('01', 16), 'hex'), '\x0100ff', 'record 1', decode(repeat('01', 32), 'hex'));
INSERT INTO sas_log VALUES (1, decode(repeat('02', 16), 'hex'), '\x0200ff', '', decode(repeat('00', 32), 'hex')); -- forgotten
INSERT INTO sas_visit VALUES (decode(repeat('01', 32), 'hex'), 900000, 'signed in');
INSERT INTO sas_guard VALUES (decode(repeat('07', 32), 'hex'), 4, 900000, '{}', '\x01');
INSERT INTO sas_session VALUES (decode(repeat('09', 32), 'hex'), 5, 900000, '\x00ff', decode(repeat('08', 32), 'hex'), '\x01');
INSERT INTO sas_session_mark VALUES (decode(repeat('08', 32), 'hex'), decode(repeat('09', 32), 'hex'));
INSERT INTO sas_once VALUES (decode(repeat('06', 32), 'hex'), 900000, '\x01');
INSERT INTO sas_local_sign_in VALUES (decode(repeat('05', 32), 'hex'), 60000, '899700218896', FALSE, '{"v":1,"state":{"id":[5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5],"at":60000,"service":"https://ward.example","professional":{"id_nat":"899700218896","other_ids":[],"name":{"family":"SPECIALISTE","given":"ÉLODIE","civility":""},"practices":[]},"card":"2800636234","certificate":[7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7,7],"opening":{"by":"outage","since":0,"cause":10004,"from":50000,"until":90000},"revocation_as_of":null,"reconciled":null}}', '\x01');
INSERT INTO sas_link VALUES ('compte-7', 4, '{}', 'https://psc.test/realms/esante-wallet', '899700218896', '\x01');
INSERT INTO sas_link_identity VALUES ('https://psc.test/realms/esante-wallet', '899700218896', 'compte-7');
INSERT INTO sas_mail_limit VALUES (decode(repeat('04', 32), 'hex'), 3, 900000, '{}', '\x01');
