//! Payouts: the promoters' bank accounts, money on its way to them, the files for the bank, and the reports of what was spent.
//!
//! What the database itself refuses: an account verified by whoever entered it, a payout approved by whoever requested it,
//! two payouts of one campaign under way, one part paid twice, and a final grant that nobody fixed.

crate::step!(UP);

const UP: &str = "
CREATE TABLE bank_account (
    id uuid NOT NULL PRIMARY KEY,
    campaign_id uuid NOT NULL REFERENCES campaign (id),
    iban TEXT NOT NULL,
    holder TEXT NOT NULL,
    entered_by uuid NOT NULL REFERENCES member (id),
    entered_at BIGINT NOT NULL,
    verified_by uuid NULL REFERENCES member (id),
    verified_at BIGINT NULL,
    usable_at BIGINT NOT NULL,
    replaced_at BIGINT NULL,
    CONSTRAINT bank_account_verified_whole CHECK ((verified_by IS NULL) = (verified_at IS NULL)),
    CONSTRAINT bank_account_verified_by_another CHECK (verified_by IS NULL OR verified_by <> entered_by),
    CONSTRAINT bank_account_usable_after_entry CHECK (usable_at >= entered_at)
);
CREATE UNIQUE INDEX bank_account_present ON bank_account (campaign_id) WHERE replaced_at IS NULL;
CREATE INDEX bank_account_by_campaign ON bank_account (campaign_id, entered_at, id);
CREATE INDEX bank_account_by_enterer ON bank_account (entered_by);
CREATE INDEX bank_account_by_verifier ON bank_account (verified_by);

CREATE TABLE payout_file (
    id uuid NOT NULL PRIMARY KEY,
    made_by uuid NOT NULL REFERENCES member (id),
    made_at BIGINT NOT NULL,
    payouts BIGINT NOT NULL,
    gifts_minor BIGINT NOT NULL,
    grant_minor BIGINT NOT NULL,
    CONSTRAINT payout_file_not_empty CHECK (payouts > 0 AND gifts_minor >= 0 AND grant_minor >= 0)
);
CREATE INDEX payout_file_newest ON payout_file (made_at, id);
CREATE INDEX payout_file_by_maker ON payout_file (made_by);

CREATE TABLE payout (
    id uuid NOT NULL PRIMARY KEY,
    campaign_id uuid NOT NULL REFERENCES campaign (id),
    part BIGINT NOT NULL,
    bank_account_id uuid NOT NULL REFERENCES bank_account (id),
    gifts_minor BIGINT NOT NULL,
    grant_minor BIGINT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    requested_by uuid NOT NULL REFERENCES member (id),
    requested_at BIGINT NOT NULL,
    decided_by uuid NULL REFERENCES member (id),
    decided_at BIGINT NULL,
    reason TEXT NULL,
    file_id uuid NULL REFERENCES payout_file (id),
    sent_at BIGINT NULL,
    paid_at BIGINT NULL,
    returned_at BIGINT NULL,
    evidence TEXT NULL,
    CONSTRAINT payout_state_known CHECK
        (state IN ('requested', 'approved', 'declined', 'withdrawn', 'sent', 'paid', 'returned')),
    CONSTRAINT payout_something CHECK (gifts_minor >= 0 AND grant_minor >= 0 AND gifts_minor + grant_minor > 0),
    CONSTRAINT payout_decided_whole CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT payout_decided_by_another CHECK (decided_by IS NULL OR decided_by <> requested_by),
    CONSTRAINT payout_approved_has_decision CHECK
        (state NOT IN ('approved', 'declined', 'sent', 'paid', 'returned') OR decided_by IS NOT NULL),
    CONSTRAINT payout_declined_has_reason CHECK (state <> 'declined' OR reason IS NOT NULL),
    CONSTRAINT payout_sent_whole CHECK
        ((file_id IS NULL) = (sent_at IS NULL) AND (state IN ('sent', 'paid', 'returned')) = (sent_at IS NOT NULL)),
    CONSTRAINT payout_paid_has_evidence CHECK (state NOT IN ('paid', 'returned') OR evidence IS NOT NULL),
    CONSTRAINT payout_returned_has_time CHECK ((state = 'returned') = (returned_at IS NOT NULL))
);
CREATE UNIQUE INDEX payout_one_under_way ON payout (campaign_id) WHERE state IN ('requested', 'approved');
CREATE UNIQUE INDEX payout_part_once ON payout (campaign_id, part) WHERE state IN ('requested', 'approved', 'sent', 'paid');
CREATE INDEX payout_by_campaign ON payout (campaign_id, requested_at, id);
CREATE INDEX payout_by_state ON payout (state, requested_at, id);
CREATE INDEX payout_newest ON payout (requested_at, id);
CREATE INDEX payout_by_file ON payout (file_id, id);
CREATE INDEX payout_by_account ON payout (bank_account_id);
CREATE INDEX payout_by_requester ON payout (requested_by);
CREATE INDEX payout_by_decider ON payout (decided_by);

CREATE TABLE report (
    campaign_id uuid NOT NULL PRIMARY KEY REFERENCES campaign (id),
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    lang TEXT NOT NULL,
    spendings TEXT NOT NULL,
    spent_minor BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    submitted_at BIGINT NULL,
    sent_back_reason TEXT NULL,
    eligible_minor BIGINT NULL,
    final_minor BIGINT NULL,
    closed_by uuid NULL REFERENCES member (id),
    closed_at BIGINT NULL,
    paid_back_minor BIGINT NOT NULL,
    CONSTRAINT report_sums_not_negative CHECK
        (spent_minor >= 0 AND paid_back_minor >= 0
         AND (eligible_minor IS NULL OR (eligible_minor >= 0 AND eligible_minor <= spent_minor))
         AND (final_minor IS NULL OR final_minor >= 0)),
    CONSTRAINT report_closed_whole CHECK
        ((closed_at IS NULL) = (final_minor IS NULL) AND (closed_at IS NULL) = (eligible_minor IS NULL)
         AND (closed_at IS NULL) = (closed_by IS NULL)),
    CONSTRAINT report_closed_was_submitted CHECK (closed_at IS NULL OR submitted_at IS NOT NULL)
);
CREATE INDEX report_by_closer ON report (closed_by);
";
