//! Calls for projects, the places in and out of them, the applications, and how commissioners judged each; pictures and
//! files, which belong to a proposal or to an application.

crate::step!(UP);

const UP: &str = "
CREATE TABLE call (
    id uuid NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    description TEXT NOT NULL,
    consultation_id uuid NULL REFERENCES consultation (id),
    opens_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    legal_forms TEXT NOT NULL,
    cost_min_minor BIGINT NOT NULL,
    cost_max_minor BIGINT NOT NULL,
    criteria TEXT NOT NULL,
    min_score BIGINT NOT NULL,
    admitted_most BIGINT NULL,
    reserve_most BIGINT NULL,
    rounds TEXT NOT NULL,
    pot_id uuid NOT NULL,
    pot_minor BIGINT NOT NULL,
    contributors TEXT NOT NULL,
    tranches TEXT NOT NULL,
    hold_back_ppm BIGINT NOT NULL,
    grace_days BIGINT NOT NULL,
    rule TEXT NOT NULL,
    rule_hash TEXT NOT NULL,
    extensions TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    published_at BIGINT NULL,
    ranked_at BIGINT NULL,
    closed_at BIGINT NULL,
    CONSTRAINT call_state_known CHECK (state IN ('draft', 'published', 'ranked', 'closed')),
    CONSTRAINT call_window_not_empty CHECK (opens_at < closes_at),
    CONSTRAINT call_cost_range_whole CHECK (cost_min_minor > 0 AND cost_min_minor <= cost_max_minor),
    CONSTRAINT call_pot_positive CHECK (pot_minor > 0),
    CONSTRAINT call_hold_back_a_share CHECK (hold_back_ppm >= 0 AND hold_back_ppm <= 1000000),
    CONSTRAINT call_rule_has_hash CHECK (length(rule_hash) = 64),
    CONSTRAINT call_published_has_time CHECK ((state = 'draft') = (published_at IS NULL)),
    CONSTRAINT call_ranked_has_time CHECK (state <> 'ranked' OR ranked_at IS NOT NULL)
);
CREATE UNIQUE INDEX call_by_slug ON call (slug);
CREATE UNIQUE INDEX call_by_pot ON call (pot_id);
CREATE INDEX call_newest ON call (opens_at, id);

CREATE TABLE call_place (
    call_id uuid NOT NULL REFERENCES call (id),
    district_id uuid NOT NULL REFERENCES district (id),
    side TEXT NOT NULL,
    PRIMARY KEY (call_id, district_id),
    CONSTRAINT call_place_side_known CHECK (side IN ('in', 'out'))
);

CREATE TABLE application (
    id uuid NOT NULL PRIMARY KEY,
    call_id uuid NOT NULL REFERENCES call (id),
    author_id uuid NOT NULL REFERENCES member (id),
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    plan TEXT NOT NULL,
    lang TEXT NOT NULL,
    place TEXT NOT NULL,
    district_id uuid NULL REFERENCES district (id),
    promoter TEXT NOT NULL,
    partners TEXT NOT NULL,
    cost_lines TEXT NOT NULL,
    cost_minor BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    submitted_at BIGINT NULL,
    completion_text TEXT NULL,
    completion_asked_at BIGINT NULL,
    completion_due_at BIGINT NULL,
    completion_done_at BIGINT NULL,
    checked_at BIGINT NULL,
    exclude_reason TEXT NULL,
    points BIGINT NULL,
    voters BIGINT NULL,
    criterion_points TEXT NULL,
    place_on_list BIGINT NULL,
    withdrawn_at BIGINT NULL,
    withdraw_reason TEXT NULL,
    CONSTRAINT application_state_known CHECK
        (state IN ('draft', 'submitted', 'admissible', 'excluded', 'ranked', 'admitted', 'reserve', 'rejected',
                   'withdrawn')),
    CONSTRAINT application_submitted_has_time CHECK ((state = 'draft') = (submitted_at IS NULL)),
    CONSTRAINT application_excluded_has_reason CHECK (state <> 'excluded' OR exclude_reason IS NOT NULL),
    CONSTRAINT application_ranked_has_points CHECK
        (state NOT IN ('ranked', 'admitted', 'reserve', 'rejected')
         OR (points IS NOT NULL AND voters > 0 AND place_on_list > 0)),
    CONSTRAINT application_completion_whole CHECK
        ((completion_asked_at IS NULL) = (completion_due_at IS NULL)
         AND (completion_asked_at IS NULL) = (completion_text IS NULL)),
    CONSTRAINT application_cost_not_negative CHECK (cost_minor >= 0)
);
CREATE UNIQUE INDEX application_on_list ON application (call_id, place_on_list);
CREATE INDEX application_by_call ON application (call_id, submitted_at, id);
CREATE INDEX application_by_author ON application (author_id, created_at, id);

CREATE TABLE assessment (
    application_id uuid NOT NULL REFERENCES application (id),
    commissioner_id uuid NOT NULL REFERENCES member (id),
    points TEXT NULL,
    conflict TEXT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (application_id, commissioner_id),
    CONSTRAINT assessment_scores_or_conflict CHECK ((points IS NULL) <> (conflict IS NULL))
);

CREATE TABLE attachment (
    id uuid NOT NULL PRIMARY KEY,
    proposal_id uuid NULL REFERENCES proposal (id),
    application_id uuid NULL REFERENCES application (id),
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    width BIGINT NULL,
    height BIGINT NULL,
    position BIGINT NOT NULL,
    added_by uuid NULL REFERENCES member (id),
    added_at BIGINT NOT NULL,
    removed_at BIGINT NULL,
    CONSTRAINT attachment_kind_known CHECK (kind IN ('picture', 'file')),
    CONSTRAINT attachment_of_one CHECK ((proposal_id IS NULL) <> (application_id IS NULL))
);
CREATE INDEX attachment_by_proposal ON attachment (proposal_id, position, id);
CREATE INDEX attachment_by_application ON attachment (application_id, position, id);
CREATE INDEX attachment_by_member ON attachment (added_by, added_at);
";
