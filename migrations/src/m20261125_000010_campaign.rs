//! Campaigns with their rewards and news, gifts with what is known of their payments, refunds and disputes.
//!
//! What the database itself refuses: a state without what belongs to it, an office that reviews its own project, a reward
//! given away more often than there are, a second live hold of one donor, a payment of two gifts, one client's key used
//! twice, one provider's object told as two, and more given back than came in. The pot's own bounds are in the ledger's step.

crate::step!(UP);

const UP: &str = "
CREATE TABLE campaign (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NULL REFERENCES application (id),
    call_id uuid NULL REFERENCES call (id),
    pot_id uuid NULL REFERENCES pot (id),
    rule TEXT NULL,
    grace_days BIGINT NOT NULL,
    author_id uuid NOT NULL REFERENCES member (id),
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    story TEXT NOT NULL,
    lang TEXT NOT NULL,
    cost_minor BIGINT NOT NULL,
    cost_lines TEXT NOT NULL,
    needs TEXT NOT NULL,
    team TEXT NOT NULL,
    unit_label TEXT NULL,
    unit_minor BIGINT NULL,
    target_minor BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    submitted_at BIGINT NULL,
    sent_back_reason TEXT NULL,
    reviewed_by uuid NULL REFERENCES member (id),
    scheduled_at BIGINT NULL,
    opens_at BIGINT NULL,
    ends_at BIGINT NULL,
    grace_ends_at BIGINT NULL,
    extension_reason TEXT NULL,
    raised_minor BIGINT NOT NULL,
    towards_minor BIGINT NOT NULL,
    gifts BIGINT NOT NULL,
    base_minor BIGINT NOT NULL,
    base_held_minor BIGINT NOT NULL,
    reserved_minor BIGINT NOT NULL,
    outcome_at BIGINT NULL,
    granted_minor BIGINT NULL,
    cancel_reason TEXT NULL,
    agree_by BIGINT NULL,
    agreement TEXT NULL,
    agreed_at BIGINT NULL,
    CONSTRAINT campaign_state_known CHECK
        (state IN ('draft', 'in_review', 'scheduled', 'open', 'waiting_for_funds', 'funded', 'unfunded', 'cancelled',
                   'agreed', 'settled', 'reporting', 'closed', 'lapsed')),
    CONSTRAINT campaign_of_a_call_whole CHECK
        ((call_id IS NULL) = (application_id IS NULL) AND (call_id IS NULL) = (pot_id IS NULL)
         AND (call_id IS NULL) = (rule IS NULL)),
    CONSTRAINT campaign_unit_whole CHECK ((unit_label IS NULL) = (unit_minor IS NULL) AND (unit_minor IS NULL OR unit_minor > 0)),
    CONSTRAINT campaign_not_reviewed_by_its_author CHECK (reviewed_by IS NULL OR reviewed_by <> author_id),
    CONSTRAINT campaign_scheduled_has_times CHECK
        (state NOT IN ('scheduled', 'open', 'waiting_for_funds') OR (scheduled_at IS NOT NULL AND opens_at IS NOT NULL)),
    CONSTRAINT campaign_deadline_whole CHECK
        ((ends_at IS NULL) = (grace_ends_at IS NULL) AND (ends_at IS NULL OR (ends_at > opens_at AND grace_ends_at >= ends_at))),
    CONSTRAINT campaign_of_a_call_ends CHECK (call_id IS NULL OR opens_at IS NULL OR ends_at IS NOT NULL),
    CONSTRAINT campaign_outcome_whole CHECK
        ((outcome_at IS NULL) = (granted_minor IS NULL)
         AND (state IN ('draft', 'in_review', 'scheduled', 'open', 'waiting_for_funds')) = (outcome_at IS NULL)),
    CONSTRAINT campaign_grant_was_reserved CHECK (granted_minor IS NULL OR (granted_minor >= 0 AND granted_minor <= reserved_minor)),
    CONSTRAINT campaign_cancelled_has_reason CHECK (state <> 'cancelled' OR cancel_reason IS NOT NULL),
    CONSTRAINT campaign_agreed_has_time CHECK (state <> 'agreed' OR agreed_at IS NOT NULL),
    CONSTRAINT campaign_sums_not_negative CHECK
        (cost_minor >= 0 AND target_minor >= 0 AND towards_minor >= 0 AND raised_minor >= towards_minor AND gifts >= 0
         AND base_minor >= 0 AND base_held_minor >= 0 AND reserved_minor >= 0)
);
CREATE UNIQUE INDEX campaign_by_application ON campaign (application_id);
CREATE INDEX campaign_by_call ON campaign (call_id, opens_at, id);
CREATE INDEX campaign_by_author ON campaign (author_id, created_at, id);
CREATE INDEX campaign_newest ON campaign (opens_at, id);
CREATE INDEX campaign_due ON campaign (state, ends_at, id);

CREATE TABLE reward (
    id uuid NOT NULL PRIMARY KEY,
    campaign_id uuid NOT NULL REFERENCES campaign (id),
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    stock BIGINT NULL,
    taken BIGINT NOT NULL,
    CONSTRAINT reward_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT reward_never_sold_twice CHECK (taken >= 0 AND (stock IS NULL OR (stock > 0 AND taken <= stock)))
);
CREATE UNIQUE INDEX reward_by_campaign ON reward (campaign_id, position);

CREATE TABLE campaign_update (
    id uuid NOT NULL PRIMARY KEY,
    campaign_id uuid NOT NULL REFERENCES campaign (id),
    author_id uuid NOT NULL REFERENCES member (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    lang TEXT NOT NULL,
    published_at BIGINT NOT NULL
);
CREATE INDEX campaign_update_newest ON campaign_update (campaign_id, published_at, id);

CREATE TABLE donation (
    id uuid NOT NULL PRIMARY KEY,
    public_id TEXT NOT NULL,
    campaign_id uuid NOT NULL REFERENCES campaign (id),
    member_id uuid NULL REFERENCES member (id),
    email TEXT NULL,
    donor_key TEXT NOT NULL,
    fingerprint TEXT NULL,
    client_key TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    way TEXT NOT NULL,
    method TEXT NULL,
    reward_id uuid NULL REFERENCES reward (id),
    reward_kept BIGINT NOT NULL,
    name_shown TEXT NULL,
    message TEXT NULL,
    language TEXT NOT NULL,
    insider BIGINT NOT NULL,
    reference_code TEXT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    promised_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    asked_at BIGINT NULL,
    session TEXT NULL,
    session_url TEXT NULL,
    authorised_at BIGINT NULL,
    failed_at BIGINT NULL,
    expired_at BIGINT NULL,
    confirmed_at BIGINT NULL,
    learnt_at BIGINT NULL,
    late BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    captured_minor BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    left_minor BIGINT NOT NULL,
    base_minor BIGINT NOT NULL,
    quoted_minor BIGINT NOT NULL,
    CONSTRAINT donation_state_known CHECK
        (state IN ('promised', 'authorised', 'confirmed', 'expired', 'failed', 'disputed', 'lost', 'refunding', 'refunded')),
    CONSTRAINT donation_way_known CHECK (way IN ('online', 'bank_transfer', 'cash')),
    CONSTRAINT donation_method_known CHECK
        (method IS NULL OR method IN ('card', 'sepa_debit', 'paypal', 'other', 'bank_transfer', 'cash')),
    CONSTRAINT donation_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT donation_transfer_has_code CHECK ((way = 'bank_transfer') = (reference_code IS NOT NULL)),
    CONSTRAINT donation_captured_when_confirmed CHECK
        ((state IN ('confirmed', 'disputed', 'lost', 'refunding', 'refunded')) = (captured_minor > 0)
         AND (captured_minor > 0) = (confirmed_at IS NOT NULL) AND captured_minor >= 0),
    CONSTRAINT donation_refunded_at_most_captured CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor),
    CONSTRAINT donation_left_of_captured CHECK (left_minor >= 0 AND left_minor <= captured_minor - refunded_minor),
    CONSTRAINT donation_base_of_the_gift CHECK (base_minor >= 0 AND base_minor <= captured_minor),
    CONSTRAINT donation_flags_are_flags CHECK
        (insider IN (0, 1) AND reward_kept IN (0, 1) AND late IN (0, 1) AND counted IN (0, 1)),
    CONSTRAINT donation_late_counts_nowhere CHECK (late = 0 OR (counted = 0 AND base_minor = 0))
);
CREATE UNIQUE INDEX donation_by_client_key ON donation (client_key);
CREATE UNIQUE INDEX donation_by_public_id ON donation (public_id);
CREATE UNIQUE INDEX donation_by_reference_code ON donation (reference_code);
CREATE UNIQUE INDEX donation_by_session ON donation (session);
CREATE INDEX donation_by_campaign ON donation (campaign_id, state, confirmed_at, id);
CREATE INDEX donation_by_member ON donation (member_id, promised_at, id);
CREATE INDEX donation_by_donor ON donation (campaign_id, donor_key);
CREATE INDEX donation_by_fingerprint ON donation (campaign_id, fingerprint);
CREATE INDEX donation_waiting ON donation (state, expires_at, id);

CREATE TABLE payment (
    reference TEXT NOT NULL PRIMARY KEY,
    donation_id uuid NULL REFERENCES donation (id)
);
CREATE UNIQUE INDEX payment_by_donation ON payment (donation_id);

CREATE TABLE match_hold (
    donation_id uuid NOT NULL PRIMARY KEY REFERENCES donation (id),
    pot_id uuid NOT NULL REFERENCES pot (id),
    campaign_id uuid NOT NULL REFERENCES campaign (id),
    donor_key TEXT NOT NULL,
    gift_minor BIGINT NOT NULL,
    base_minor BIGINT NOT NULL,
    held_minor BIGINT NOT NULL,
    ended_at BIGINT NULL,
    CONSTRAINT match_hold_of_something CHECK (held_minor > 0 AND base_minor > 0 AND gift_minor >= base_minor)
);
CREATE UNIQUE INDEX match_hold_one_live ON match_hold (pot_id, donor_key) WHERE ended_at IS NULL;
CREATE INDEX match_hold_by_campaign ON match_hold (campaign_id, ended_at);

CREATE TABLE refund (
    id uuid NOT NULL PRIMARY KEY,
    donation_id uuid NULL REFERENCES donation (id),
    payment TEXT NULL,
    reference TEXT NULL,
    way TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by uuid NULL REFERENCES member (id),
    wanted_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    asked_at BIGINT NULL,
    happened_at BIGINT NULL,
    settled_way TEXT NULL,
    settled_at BIGINT NULL,
    settled_by uuid NULL REFERENCES member (id),
    CONSTRAINT refund_of_something CHECK (donation_id IS NOT NULL OR payment IS NOT NULL),
    CONSTRAINT refund_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT refund_state_known CHECK (state IN ('wanted', 'pending', 'succeeded', 'failed', 'dropped')),
    CONSTRAINT refund_way_known CHECK (way IN ('provider', 'bank', 'cash')),
    CONSTRAINT refund_settled_whole CHECK
        ((settled_way IS NULL) = (settled_at IS NULL) AND (settled_way IS NULL OR settled_way IN ('bank', 'cash'))
         AND (settled_way IS NULL OR state = 'failed' OR (way <> 'provider' AND state = 'wanted'))),
    CONSTRAINT refund_settled_by_another CHECK (settled_by IS NULL OR asked_by IS NULL OR settled_by <> asked_by)
);
CREATE UNIQUE INDEX refund_by_reference ON refund (reference);
CREATE INDEX refund_by_donation ON refund (donation_id, id);
CREATE INDEX refund_by_payment ON refund (payment);
CREATE INDEX refund_due ON refund (state, due_at, id);

CREATE TABLE dispute (
    reference TEXT NOT NULL PRIMARY KEY,
    donation_id uuid NULL REFERENCES donation (id),
    payment TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_minor BIGINT NULL,
    closed_minor BIGINT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    CONSTRAINT dispute_state_known CHECK (state IN ('inquiry', 'open', 'won', 'lost')),
    CONSTRAINT dispute_amounts_positive CHECK
        ((opened_minor IS NULL OR opened_minor > 0) AND (closed_minor IS NULL OR closed_minor > 0))
);
CREATE INDEX dispute_by_donation ON dispute (donation_id, reference);
CREATE INDEX dispute_by_payment ON dispute (payment);

CREATE TABLE fee (
    reference TEXT NOT NULL PRIMARY KEY,
    payment TEXT NOT NULL,
    fee_minor BIGINT NOT NULL,
    happened_at BIGINT NOT NULL
);
CREATE INDEX fee_by_payment ON fee (payment);
";
