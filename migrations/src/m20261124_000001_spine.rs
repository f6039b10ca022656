//! What every noun stands on: the outbox with its one numbering, followers' places in it, the audit trail, and the
//! answers kept for repeated requests.

crate::step!(UP);

const UP: &str = "
CREATE TABLE outbox (
    id uuid NOT NULL PRIMARY KEY,
    number BIGINT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    CONSTRAINT outbox_number_positive CHECK (number IS NULL OR number > 0)
);
CREATE UNIQUE INDEX outbox_by_number ON outbox (number);
CREATE INDEX outbox_unnumbered ON outbox (recorded_at, id) WHERE number IS NULL;

CREATE TABLE relay (
    id BIGINT NOT NULL PRIMARY KEY,
    last_number BIGINT NOT NULL,
    CONSTRAINT relay_is_one_row CHECK (id = 1)
);
INSERT INTO relay (id, last_number) VALUES (1, 0);

CREATE TABLE follower (
    name TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    CONSTRAINT follower_number_not_negative CHECK (number >= 0)
);

CREATE TABLE audit (
    id uuid NOT NULL PRIMARY KEY,
    recorded_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject, recorded_at);
CREATE INDEX audit_by_time ON audit (recorded_at, id);

CREATE TABLE repeat (
    actor TEXT NOT NULL,
    route TEXT NOT NULL,
    request_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    outcome TEXT NULL,
    answer TEXT NULL,
    claimed_at BIGINT NOT NULL,
    PRIMARY KEY (actor, route, request_key)
);
CREATE INDEX repeat_by_time ON repeat (claimed_at);
";
