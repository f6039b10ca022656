//! Counts of how often something happens; and of a second factor only the salt, from which the installation's key makes
//! the secret. A factor that was set up before must be set up again.

crate::step!(UP);

const UP: &str = "
CREATE TABLE rate (
    name TEXT NOT NULL PRIMARY KEY,
    taken BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    CONSTRAINT rate_taken_positive CHECK (taken > 0)
);
CREATE INDEX rate_by_end ON rate (ends_at);

ALTER TABLE member RENAME COLUMN totp_secret TO totp_salt;
UPDATE member SET totp_salt = NULL, totp_confirmed_at = NULL WHERE totp_salt IS NOT NULL;
";
