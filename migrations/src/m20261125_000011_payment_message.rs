//! What the provider of payments told, word by word: stored before it is answered, worked off after.

crate::step!(UP);

const UP: &str = "
CREATE TABLE payment_message (
    id uuid NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    due_at BIGINT NULL,
    worked_at BIGINT NULL,
    attempts BIGINT NOT NULL,
    error TEXT NULL,
    CONSTRAINT payment_message_waits_or_is_worked CHECK ((due_at IS NULL) = (worked_at IS NOT NULL))
);
CREATE UNIQUE INDEX payment_message_by_reference ON payment_message (reference);
CREATE INDEX payment_message_due ON payment_message (due_at, id);
CREATE INDEX payment_message_worked ON payment_message (worked_at);
";
