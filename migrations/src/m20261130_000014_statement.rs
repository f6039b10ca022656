//! Statements of the custodian's bank, line by line.
//!
//! What the database itself refuses: a line that is taken twice, one that is matched to nothing or to both, and one that is
//! set aside without a reason.

crate::step!(UP);

const UP: &str = "
CREATE TABLE statement (
    id uuid NOT NULL PRIMARY KEY,
    content_hash TEXT NOT NULL,
    account TEXT NULL,
    imported_by uuid NOT NULL REFERENCES member (id),
    imported_at BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    known BIGINT NOT NULL
);
CREATE UNIQUE INDEX statement_by_content ON statement (content_hash);
CREATE INDEX statement_newest ON statement (imported_at, id);
CREATE INDEX statement_by_importer ON statement (imported_by);

CREATE TABLE statement_line (
    id uuid NOT NULL PRIMARY KEY,
    statement_id uuid NOT NULL REFERENCES statement (id),
    line_key TEXT NOT NULL,
    booked_at BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    name TEXT NOT NULL,
    iban TEXT NOT NULL,
    text TEXT NOT NULL,
    end_to_end TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    donation_id uuid NULL REFERENCES donation (id),
    payout_id uuid NULL REFERENCES payout (id),
    suggested_id uuid NULL REFERENCES donation (id),
    reason TEXT NULL,
    decided_by uuid NULL REFERENCES member (id),
    decided_at BIGINT NULL,
    CONSTRAINT statement_line_state_known CHECK (state IN ('new', 'open', 'matched', 'set_aside')),
    CONSTRAINT statement_line_moves CHECK (amount_minor <> 0),
    CONSTRAINT statement_line_matched_to_one CHECK
        ((state = 'matched') = ((donation_id IS NULL) <> (payout_id IS NULL))
         AND (state = 'matched' OR (donation_id IS NULL AND payout_id IS NULL))),
    CONSTRAINT statement_line_set_aside_has_reason CHECK (state <> 'set_aside' OR (reason IS NOT NULL AND decided_by IS NOT NULL))
);
CREATE UNIQUE INDEX statement_line_once ON statement_line (line_key);
CREATE INDEX statement_line_by_state ON statement_line (state, booked_at, id);
CREATE INDEX statement_line_by_statement ON statement_line (statement_id);
CREATE INDEX statement_line_by_donation ON statement_line (donation_id);
CREATE INDEX statement_line_by_payout ON statement_line (payout_id);
CREATE INDEX statement_line_by_suggestion ON statement_line (suggested_id);
CREATE INDEX statement_line_by_decider ON statement_line (decided_by);
";
