//! Consultations and their own data: phases, themes, districts.

crate::step!(UP);

const UP: &str = "
CREATE TABLE consultation (
    id uuid NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    question TEXT NOT NULL,
    description TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    source TEXT NULL,
    CONSTRAINT consultation_slug_shape CHECK (length(slug) BETWEEN 1 AND 80)
);
CREATE UNIQUE INDEX consultation_by_slug ON consultation (slug);
CREATE INDEX consultation_by_time ON consultation (created_at, id);

CREATE TABLE phase (
    id uuid NOT NULL PRIMARY KEY,
    consultation_id uuid NOT NULL REFERENCES consultation (id),
    kind TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    CONSTRAINT phase_kind_known CHECK (kind IN ('information', 'collection', 'discussion', 'review', 'results')),
    CONSTRAINT phase_ends_after_start CHECK (ends_at > starts_at)
);
CREATE UNIQUE INDEX phase_by_start ON phase (consultation_id, starts_at);

CREATE TABLE theme (
    id uuid NOT NULL PRIMARY KEY,
    consultation_id uuid NOT NULL REFERENCES consultation (id),
    parent_id uuid NULL REFERENCES theme (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    position BIGINT NOT NULL
);
CREATE UNIQUE INDEX theme_by_slug ON theme (consultation_id, slug);

CREATE TABLE district (
    id uuid NOT NULL PRIMARY KEY,
    consultation_id uuid NOT NULL REFERENCES consultation (id),
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    polygon TEXT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT district_kind_known CHECK (kind IN ('district', 'quarter'))
);
CREATE UNIQUE INDEX district_by_code ON district (consultation_id, kind, code);
";
