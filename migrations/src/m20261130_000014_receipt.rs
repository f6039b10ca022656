//! Receipts, the counter of their numbers, and since when a gift waits for somebody to look whether it has the right one.
//!
//! What the database itself refuses: a number that is not the next of its promoter and year, two valid receipts of one gift,
//! a receipt or a counter that is deleted, a receipt that is changed but for being cancelled or completed with the donor's
//! tax data, each once.

crate::step!(UP, sqlite: SQLITE, postgres: POSTGRES);

const UP: &str = "
CREATE TABLE receipt_counter (
    promoter_key TEXT NOT NULL,
    year BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    PRIMARY KEY (promoter_key, year),
    CONSTRAINT receipt_counter_not_below_zero CHECK (last_number >= 0)
);

CREATE TABLE receipt (
    id uuid NOT NULL PRIMARY KEY,
    donation_id uuid NOT NULL REFERENCES donation (id),
    campaign_id uuid NOT NULL REFERENCES campaign (id),
    member_id uuid NULL REFERENCES member (id),
    promoter_key TEXT NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    gift_minor BIGINT NOT NULL,
    reward_minor BIGINT NOT NULL,
    method TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    printed TEXT NOT NULL,
    tax_data TEXT NULL,
    tax_data_at BIGINT NULL,
    cancelled_at BIGINT NULL,
    cancel_reason TEXT NULL,
    CONSTRAINT receipt_number_positive CHECK (number > 0),
    CONSTRAINT receipt_adds_up CHECK
        (gift_minor >= 0 AND reward_minor >= 0 AND amount_minor > 0 AND gift_minor + reward_minor = amount_minor),
    CONSTRAINT receipt_method_known CHECK
        (method IN ('card', 'sepa_debit', 'paypal', 'other', 'bank_transfer', 'cash')),
    CONSTRAINT receipt_tax_data_whole CHECK ((tax_data IS NULL) = (tax_data_at IS NULL)),
    CONSTRAINT receipt_cancelled_whole CHECK ((cancelled_at IS NULL) = (cancel_reason IS NULL)),
    CONSTRAINT receipt_reason_known CHECK (cancel_reason IS NULL OR cancel_reason IN ('refunded', 'changed', 'lost'))
);
CREATE UNIQUE INDEX receipt_by_number ON receipt (promoter_key, year, number);
CREATE UNIQUE INDEX receipt_one_valid ON receipt (donation_id) WHERE cancelled_at IS NULL;
CREATE INDEX receipt_by_donation ON receipt (donation_id, issued_at, id);
CREATE INDEX receipt_by_campaign ON receipt (campaign_id, issued_at, id);
CREATE INDEX receipt_by_member ON receipt (member_id, issued_at, id);
CREATE INDEX receipt_by_member_and_year ON receipt (member_id, year, given_at, id);

ALTER TABLE donation ADD COLUMN receipt_due_at BIGINT NULL;
UPDATE donation SET receipt_due_at = confirmed_at WHERE captured_minor > 0;
CREATE INDEX donation_receipt_due ON donation (receipt_due_at, id);
";

const SQLITE: &str = "
CREATE TRIGGER receipt_is_never_deleted BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;
CREATE TRIGGER receipt_counter_is_never_deleted BEFORE DELETE ON receipt_counter
BEGIN SELECT RAISE(ABORT, 'a counter of receipts is never deleted'); END;

CREATE TRIGGER receipt_counter_begins_at_nothing BEFORE INSERT ON receipt_counter
WHEN NEW.last_number <> 0
BEGIN SELECT RAISE(ABORT, 'a counter of receipts begins at nothing'); END;
CREATE TRIGGER receipt_counter_is_the_next_number BEFORE UPDATE ON receipt_counter
WHEN NEW.promoter_key <> OLD.promoter_key OR NEW.year <> OLD.year OR NEW.last_number <> OLD.last_number + 1
    OR (OLD.last_number > 0 AND NOT EXISTS (SELECT 1 FROM receipt
        WHERE promoter_key = OLD.promoter_key AND year = OLD.year AND number = OLD.last_number))
BEGIN SELECT RAISE(ABORT, 'the numbers of receipts have no gaps'); END;
CREATE TRIGGER receipt_has_the_last_number BEFORE INSERT ON receipt
WHEN NOT EXISTS (SELECT 1 FROM receipt_counter
    WHERE promoter_key = NEW.promoter_key AND year = NEW.year AND last_number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'a receipt has the last number of its counter'); END;

CREATE TRIGGER receipt_stays_as_it_was_printed BEFORE UPDATE ON receipt
WHEN NEW.id <> OLD.id OR NEW.donation_id <> OLD.donation_id OR NEW.campaign_id <> OLD.campaign_id
    OR NEW.member_id IS NOT OLD.member_id OR NEW.promoter_key <> OLD.promoter_key OR NEW.year <> OLD.year
    OR NEW.number <> OLD.number OR NEW.amount_minor <> OLD.amount_minor OR NEW.gift_minor <> OLD.gift_minor
    OR NEW.reward_minor <> OLD.reward_minor OR NEW.method <> OLD.method OR NEW.given_at <> OLD.given_at
    OR NEW.issued_at <> OLD.issued_at OR NEW.printed <> OLD.printed
    OR (OLD.tax_data IS NOT NULL AND (NEW.tax_data IS NOT OLD.tax_data OR NEW.tax_data_at IS NOT OLD.tax_data_at))
    OR (OLD.cancelled_at IS NOT NULL
        AND (NEW.cancelled_at IS NOT OLD.cancelled_at OR NEW.cancel_reason IS NOT OLD.cancel_reason))
BEGIN SELECT RAISE(ABORT, 'a receipt stays as it was printed'); END;
";

const POSTGRES: &str = "
CREATE OR REPLACE FUNCTION receipt_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: receipts are kept', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER receipt_is_never_deleted BEFORE DELETE ON receipt
    FOR EACH ROW EXECUTE FUNCTION receipt_refuses();
CREATE TRIGGER receipt_is_never_emptied BEFORE TRUNCATE ON receipt
    FOR EACH STATEMENT EXECUTE FUNCTION receipt_refuses();
CREATE TRIGGER receipt_counter_is_never_deleted BEFORE DELETE ON receipt_counter
    FOR EACH ROW EXECUTE FUNCTION receipt_refuses();
CREATE TRIGGER receipt_counter_is_never_emptied BEFORE TRUNCATE ON receipt_counter
    FOR EACH STATEMENT EXECUTE FUNCTION receipt_refuses();

CREATE OR REPLACE FUNCTION receipt_counter_begins_at_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last_number <> 0 THEN
        RAISE EXCEPTION 'a counter of receipts begins at nothing';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_counter_begins_at_nothing BEFORE INSERT ON receipt_counter
    FOR EACH ROW EXECUTE FUNCTION receipt_counter_begins_at_nothing();

CREATE OR REPLACE FUNCTION receipt_counter_is_the_next_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.promoter_key <> OLD.promoter_key OR NEW.year <> OLD.year OR NEW.last_number <> OLD.last_number + 1
        OR (OLD.last_number > 0 AND NOT EXISTS (SELECT 1 FROM receipt
            WHERE promoter_key = OLD.promoter_key AND year = OLD.year AND number = OLD.last_number)) THEN
        RAISE EXCEPTION 'the numbers of receipts have no gaps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_counter_is_the_next_number BEFORE UPDATE ON receipt_counter
    FOR EACH ROW EXECUTE FUNCTION receipt_counter_is_the_next_number();

CREATE OR REPLACE FUNCTION receipt_has_the_last_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM receipt_counter
        WHERE promoter_key = NEW.promoter_key AND year = NEW.year AND last_number = NEW.number) THEN
        RAISE EXCEPTION 'a receipt has the last number of its counter';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_has_the_last_number BEFORE INSERT ON receipt
    FOR EACH ROW EXECUTE FUNCTION receipt_has_the_last_number();

CREATE OR REPLACE FUNCTION receipt_stays_as_it_was_printed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.donation_id <> OLD.donation_id OR NEW.campaign_id <> OLD.campaign_id
        OR NEW.member_id IS DISTINCT FROM OLD.member_id OR NEW.promoter_key <> OLD.promoter_key OR NEW.year <> OLD.year
        OR NEW.number <> OLD.number OR NEW.amount_minor <> OLD.amount_minor OR NEW.gift_minor <> OLD.gift_minor
        OR NEW.reward_minor <> OLD.reward_minor OR NEW.method <> OLD.method OR NEW.given_at <> OLD.given_at
        OR NEW.issued_at <> OLD.issued_at OR NEW.printed <> OLD.printed
        OR (OLD.tax_data IS NOT NULL
            AND (NEW.tax_data IS DISTINCT FROM OLD.tax_data OR NEW.tax_data_at IS DISTINCT FROM OLD.tax_data_at))
        OR (OLD.cancelled_at IS NOT NULL AND (NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at
            OR NEW.cancel_reason IS DISTINCT FROM OLD.cancel_reason)) THEN
        RAISE EXCEPTION 'a receipt stays as it was printed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_stays_as_it_was_printed BEFORE UPDATE ON receipt
    FOR EACH ROW EXECUTE FUNCTION receipt_stays_as_it_was_printed();
";
