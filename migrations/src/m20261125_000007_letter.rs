//! Letters that wait to be sent, and a place of its own for the follower that deletes the bytes of removed files: what
//! the one for letters has passed, the one for files has passed too.

crate::step!(UP);

const UP: &str = "
CREATE TABLE letter (
    id uuid NOT NULL PRIMARY KEY,
    queue TEXT NOT NULL,
    topic TEXT,
    payload TEXT NOT NULL,
    tries BIGINT NOT NULL,
    queued_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    CONSTRAINT letter_queue_known CHECK (queue IN ('sign_in', 'other'))
);
CREATE UNIQUE INDEX letter_by_topic ON letter (topic);
CREATE INDEX letter_due ON letter (queue, due_at, id);

INSERT INTO follower (name, number, moved_at)
SELECT 'files', number, moved_at FROM follower WHERE name = 'letters';
";
