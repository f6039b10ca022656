//! Comments in threads, their earlier wordings and their supports.

crate::step!(UP);

const UP: &str = "
CREATE TABLE comment (
    id uuid NOT NULL PRIMARY KEY,
    proposal_id uuid NOT NULL REFERENCES proposal (id),
    thread_id uuid NOT NULL REFERENCES comment (id),
    parent_id uuid NULL REFERENCES comment (id),
    depth BIGINT NOT NULL,
    author_id uuid NULL REFERENCES member (id),
    stance TEXT NULL,
    body TEXT NOT NULL,
    lang TEXT NOT NULL,
    version BIGINT NOT NULL,
    tally_supports BIGINT NOT NULL DEFAULT 0,
    tally_objections BIGINT NOT NULL DEFAULT 0,
    supports BIGINT NOT NULL DEFAULT 0,
    written_at BIGINT NOT NULL,
    edited_at BIGINT NULL,
    removed_at BIGINT NULL,
    hidden_by uuid NULL REFERENCES decision (id),
    source TEXT NULL,
    external_id TEXT NULL,
    CONSTRAINT comment_stance_known CHECK (stance IS NULL OR stance IN ('for', 'against', 'neutral')),
    CONSTRAINT comment_counts_not_negative CHECK (tally_supports >= 0 AND tally_objections >= 0 AND supports >= tally_supports),
    CONSTRAINT comment_root_has_no_depth CHECK ((parent_id IS NULL) = (depth = 0)),
    CONSTRAINT comment_source_with_id CHECK ((source IS NULL) = (external_id IS NULL))
);
CREATE UNIQUE INDEX comment_by_source ON comment (source, external_id);
CREATE INDEX comment_roots_by_time ON comment (proposal_id, written_at, id) WHERE parent_id IS NULL;
CREATE INDEX comment_roots_by_support ON comment (proposal_id, supports, id) WHERE parent_id IS NULL;
CREATE INDEX comment_by_thread ON comment (thread_id, written_at, id);
CREATE INDEX comment_by_author ON comment (author_id, written_at, id);

CREATE TABLE comment_version (
    comment_id uuid NOT NULL REFERENCES comment (id),
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (comment_id, version)
);

CREATE TABLE comment_support (
    comment_id uuid NOT NULL REFERENCES comment (id),
    member_id uuid NOT NULL REFERENCES member (id),
    given_at BIGINT NOT NULL,
    PRIMARY KEY (comment_id, member_id)
);
CREATE INDEX comment_support_by_member ON comment_support (member_id, given_at, comment_id);
";
