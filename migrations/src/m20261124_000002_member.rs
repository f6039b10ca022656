//! People: members, the roles granted to them, and the three ways in (a session, a sign-in under way, a token).

crate::step!(UP);

const UP: &str = "
CREATE TABLE member (
    id uuid NOT NULL PRIMARY KEY,
    email TEXT NULL,
    email_key TEXT NULL,
    nickname TEXT NOT NULL,
    nickname_key TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    totp_secret TEXT NULL,
    totp_confirmed_at BIGINT NULL,
    totp_last_step BIGINT NOT NULL DEFAULT 0,
    totp_tries BIGINT NOT NULL DEFAULT 0,
    totp_tries_since BIGINT NOT NULL DEFAULT 0,
    source TEXT NULL,
    external_id TEXT NULL,
    CONSTRAINT member_language_known CHECK (language IN ('it', 'en')),
    CONSTRAINT member_email_with_key CHECK ((email IS NULL) = (email_key IS NULL)),
    CONSTRAINT member_source_with_id CHECK ((source IS NULL) = (external_id IS NULL))
);
CREATE UNIQUE INDEX member_by_email_key ON member (email_key);
CREATE UNIQUE INDEX member_by_nickname_key ON member (nickname_key);
CREATE UNIQUE INDEX member_by_source ON member (source, external_id);

CREATE TABLE role_grant (
    id uuid NOT NULL PRIMARY KEY,
    member_id uuid NOT NULL REFERENCES member (id),
    role TEXT NOT NULL,
    consultation_id uuid NULL,
    call_id uuid NULL,
    until_at BIGINT NULL,
    granted_by uuid NULL REFERENCES member (id),
    granted_at BIGINT NOT NULL,
    revoked_at BIGINT NULL,
    CONSTRAINT role_grant_role_known CHECK
        (role IN ('moderator', 'editor', 'office', 'commissioner', 'treasurer', 'administrator')),
    CONSTRAINT role_grant_within_one CHECK (consultation_id IS NULL OR call_id IS NULL)
);
CREATE INDEX role_grant_by_member ON role_grant (member_id);
CREATE INDEX role_grant_by_call ON role_grant (call_id, role, member_id);

CREATE TABLE session (
    id uuid NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL,
    member_id uuid NOT NULL REFERENCES member (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    second_factor_at BIGINT NULL,
    CONSTRAINT session_ends_after_start CHECK (expires_at > created_at)
);
CREATE UNIQUE INDEX session_by_token_hash ON session (token_hash);
CREATE INDEX session_by_member ON session (member_id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE sign_in (
    id uuid NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    return_to TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT NULL,
    CONSTRAINT sign_in_tries_bounded CHECK (tries >= 0 AND tries <= 5)
);
CREATE INDEX sign_in_by_email ON sign_in (email_key, created_at);
CREATE INDEX sign_in_by_browser ON sign_in (browser_hash);
CREATE INDEX sign_in_by_expiry ON sign_in (expires_at);

CREATE TABLE access_token (
    id uuid NOT NULL PRIMARY KEY,
    member_id uuid NOT NULL REFERENCES member (id),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT NULL,
    revoked_at BIGINT NULL
);
CREATE UNIQUE INDEX access_token_by_hash ON access_token (token_hash);
CREATE INDEX access_token_by_member ON access_token (member_id, created_at);
";
