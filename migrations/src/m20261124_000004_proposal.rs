//! Proposals with their versions and supports, and the decisions that hide or restore what people wrote.

crate::step!(UP);

const UP: &str = "
CREATE TABLE decision (
    id uuid NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    moderator_id uuid NOT NULL REFERENCES member (id),
    decided_at BIGINT NOT NULL,
    CONSTRAINT decision_kind_known CHECK (kind IN ('hide', 'restore')),
    CONSTRAINT decision_has_reason CHECK (length(reason) > 0)
);
CREATE INDEX decision_by_subject ON decision (subject, decided_at);

CREATE TABLE proposal (
    id uuid NOT NULL PRIMARY KEY,
    consultation_id uuid NOT NULL REFERENCES consultation (id),
    author_id uuid NULL REFERENCES member (id),
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    hidden_by uuid NULL REFERENCES decision (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    lang TEXT NOT NULL,
    theme_id uuid NULL REFERENCES theme (id),
    district_id uuid NULL REFERENCES district (id),
    quarter_id uuid NULL REFERENCES district (id),
    latitude_e6 BIGINT NULL,
    longitude_e6 BIGINT NULL,
    version BIGINT NOT NULL,
    text_version BIGINT NOT NULL DEFAULT 0,
    shuffle BIGINT NOT NULL,
    tally_supports BIGINT NOT NULL DEFAULT 0,
    supports BIGINT NOT NULL DEFAULT 0,
    comments BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    published_at BIGINT NULL,
    edited_at BIGINT NULL,
    withdrawn_at BIGINT NULL,
    withdraw_reason TEXT NULL,
    answer TEXT NULL,
    answer_lang TEXT NULL,
    answered_at BIGINT NULL,
    merged_into uuid NULL REFERENCES proposal (id),
    reference TEXT NULL,
    source TEXT NULL,
    external_id TEXT NULL,
    CONSTRAINT proposal_origin_known CHECK
        (origin IN ('online', 'meeting', 'phone', 'paper', 'organisation', 'official')),
    CONSTRAINT proposal_state_known CHECK
        (state IN ('draft', 'published', 'under_review', 'accepted', 'partly_accepted', 'declined', 'delivered',
                   'withdrawn', 'merged')),
    CONSTRAINT proposal_published_has_time CHECK (state = 'draft' OR published_at IS NOT NULL),
    CONSTRAINT proposal_withdrawn_has_reason CHECK (state <> 'withdrawn' OR withdraw_reason IS NOT NULL),
    CONSTRAINT proposal_merged_has_target CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    CONSTRAINT proposal_merged_elsewhere CHECK (merged_into <> id),
    CONSTRAINT proposal_counts_not_negative CHECK (tally_supports >= 0 AND supports >= tally_supports AND comments >= 0),
    CONSTRAINT proposal_point_whole CHECK ((latitude_e6 IS NULL) = (longitude_e6 IS NULL)),
    CONSTRAINT proposal_source_with_id CHECK ((source IS NULL) = (external_id IS NULL))
);
CREATE UNIQUE INDEX proposal_by_source ON proposal (source, external_id);
CREATE INDEX proposal_newest ON proposal (consultation_id, published_at, id)
    WHERE hidden_by IS NULL AND state NOT IN ('draft', 'withdrawn', 'merged');
CREATE INDEX proposal_most_supported ON proposal (consultation_id, supports, id)
    WHERE hidden_by IS NULL AND state NOT IN ('draft', 'withdrawn', 'merged');
CREATE INDEX proposal_most_discussed ON proposal (consultation_id, comments, id)
    WHERE hidden_by IS NULL AND state NOT IN ('draft', 'withdrawn', 'merged');
CREATE INDEX proposal_newest_of_all ON proposal (published_at, id)
    WHERE hidden_by IS NULL AND state NOT IN ('draft', 'withdrawn', 'merged');
CREATE INDEX proposal_most_supported_of_all ON proposal (supports, id)
    WHERE hidden_by IS NULL AND state NOT IN ('draft', 'withdrawn', 'merged');
CREATE INDEX proposal_most_discussed_of_all ON proposal (comments, id)
    WHERE hidden_by IS NULL AND state NOT IN ('draft', 'withdrawn', 'merged');
CREATE INDEX proposal_answered ON proposal (answered_at, published_at, id)
    WHERE hidden_by IS NULL AND state IN ('accepted', 'partly_accepted', 'declined', 'delivered');
CREATE INDEX proposal_shuffled ON proposal (consultation_id, shuffle, id)
    WHERE hidden_by IS NULL AND state NOT IN ('draft', 'withdrawn', 'merged');
CREATE INDEX proposal_facets ON proposal (consultation_id, theme_id, district_id, quarter_id, state, origin)
    WHERE hidden_by IS NULL AND state NOT IN ('draft', 'withdrawn', 'merged');
CREATE INDEX proposal_figures ON proposal (consultation_id, state, supports, comments)
    WHERE hidden_by IS NULL AND state NOT IN ('draft', 'withdrawn', 'merged');
CREATE INDEX proposal_by_target ON proposal (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX proposal_by_author ON proposal (author_id, created_at, id);

CREATE TABLE proposal_version (
    proposal_id uuid NOT NULL REFERENCES proposal (id),
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    reason TEXT NOT NULL,
    editor_id uuid NULL REFERENCES member (id),
    written_at BIGINT NOT NULL,
    PRIMARY KEY (proposal_id, version),
    CONSTRAINT proposal_version_kind_known CHECK (kind IN ('original', 'edit', 'addendum', 'correction'))
);

CREATE TABLE support (
    proposal_id uuid NOT NULL REFERENCES proposal (id),
    member_id uuid NOT NULL REFERENCES member (id),
    given_at BIGINT NOT NULL,
    PRIMARY KEY (proposal_id, member_id)
);
CREATE INDEX support_by_member ON support (member_id, given_at, proposal_id);
";
