//! Daily comparisons with the provider's account, and every movement that was seen there.
//!
//! What the database itself refuses: two comparisons of one day, a movement that is taken twice, an open one whose money is
//! nowhere, and one that a person decided without saying why.

crate::step!(UP);

const UP: &str = "
CREATE TABLE reconciliation (
    id uuid NOT NULL PRIMARY KEY,
    day TEXT NOT NULL,
    since BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    due_at BIGINT NULL,
    ended_at BIGINT NULL,
    movements BIGINT NOT NULL,
    news BIGINT NOT NULL,
    clearing_minor BIGINT NOT NULL,
    provider_minor BIGINT NOT NULL,
    error TEXT NULL,
    CONSTRAINT reconciliation_due_until_ended CHECK ((due_at IS NULL) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX reconciliation_daily ON reconciliation (day);
CREATE INDEX reconciliation_newest ON reconciliation (begun_at, id);

CREATE TABLE movement (
    id uuid NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL,
    source TEXT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    suspense_minor BIGINT NOT NULL,
    suspense_id uuid NULL,
    reason TEXT NULL,
    decided_by uuid NULL REFERENCES member (id),
    decided_at BIGINT NULL,
    CONSTRAINT movement_state_known CHECK (state IN ('open', 'known', 'banked', 'charged')),
    CONSTRAINT movement_suspense_whole CHECK ((suspense_minor = 0) = (suspense_id IS NULL)),
    CONSTRAINT movement_decided_has_reason CHECK
        (decided_by IS NULL OR (reason IS NOT NULL AND decided_at IS NOT NULL AND state IN ('banked', 'charged')))
);
CREATE UNIQUE INDEX movement_once ON movement (reference);
CREATE INDEX movement_by_source ON movement (source);
CREATE INDEX movement_by_state ON movement (state, happened_at, id);
CREATE INDEX movement_by_decider ON movement (decided_by);
";
