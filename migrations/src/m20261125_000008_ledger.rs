//! The books: accounts with their balances, pots that can never be overspent, and the chain of txns that nobody changes.
//!
//! What the database itself refuses: changing or deleting a txn or an entry, a txn that does not follow the head, an entry
//! of a txn that is not the newest, a head that is no txn or goes back, and a balance below nothing where that may not be.
//! The kinds of txns and the accounts of entries have no checks here: books are kept for ever, so their tables could not be
//! made anew for a new kind; `arengo ledger verify` knows them.

crate::step!(UP, sqlite: SQLITE, postgres: POSTGRES);

const UP: &str = "
CREATE TABLE account (
    code TEXT NOT NULL PRIMARY KEY,
    balance_minor BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT account_not_below_zero CHECK
        (balance_minor >= 0 OR code IN ('custodian:provider_clearing', 'custodian:provider_fees', 'custodian:bank',
                                        'custodian:suspense'))
);
INSERT INTO account (code) VALUES
    ('custodian:provider_clearing'), ('custodian:provider_fees'), ('custodian:bank'), ('custodian:cash_desk'),
    ('custodian:suspense'), ('custodian:refunds_payable'), ('custodian:dispute_hold');

CREATE TABLE pot (
    id uuid NOT NULL PRIMARY KEY,
    total_minor BIGINT NOT NULL,
    available_minor BIGINT NOT NULL,
    held_minor BIGINT NOT NULL,
    reserved_minor BIGINT NOT NULL,
    committed_minor BIGINT NOT NULL,
    payable_minor BIGINT NOT NULL,
    paid_minor BIGINT NOT NULL,
    CONSTRAINT pot_not_below_zero CHECK
        (total_minor >= 0 AND available_minor >= 0 AND held_minor >= 0 AND reserved_minor >= 0 AND committed_minor >= 0
         AND payable_minor >= 0 AND paid_minor >= 0),
    CONSTRAINT pot_never_exceeded CHECK
        (held_minor + reserved_minor + committed_minor + payable_minor + paid_minor <= total_minor),
    CONSTRAINT pot_adds_up CHECK
        (available_minor + held_minor + reserved_minor + committed_minor + payable_minor + paid_minor = total_minor)
);

CREATE TABLE txn (
    number BIGINT NOT NULL PRIMARY KEY,
    id uuid NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    reverses uuid NULL,
    effective_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT txn_number_positive CHECK (number > 0),
    CONSTRAINT txn_has_cause CHECK (length(cause) > 0),
    CONSTRAINT txn_has_hashes CHECK (length(previous_hash) = 64 AND length(hash) = 64),
    CONSTRAINT txn_reversal_reverses CHECK ((kind = 'reversal') = (reverses IS NOT NULL))
);
CREATE UNIQUE INDEX txn_by_id ON txn (id);
CREATE UNIQUE INDEX txn_by_reversed ON txn (reverses);
CREATE UNIQUE INDEX txn_by_previous ON txn (previous_hash);
CREATE INDEX txn_by_cause ON txn (cause, number);

CREATE TABLE entry (
    number BIGINT NOT NULL REFERENCES txn (number),
    position BIGINT NOT NULL,
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (number, position),
    CONSTRAINT entry_amount_positive CHECK (amount_minor > 0 AND amount_minor <= 9000000000000000),
    CONSTRAINT entry_of_two_accounts CHECK (debit <> credit)
);
CREATE INDEX entry_by_debit ON entry (debit, number);
CREATE INDEX entry_by_credit ON entry (credit, number);

CREATE TABLE ledger_head (
    id BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT ledger_head_is_one_row CHECK (id = 1)
);
INSERT INTO ledger_head (id, number, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
";

const SQLITE: &str = "
CREATE TRIGGER txn_is_never_changed BEFORE UPDATE ON txn
BEGIN SELECT RAISE(ABORT, 'a txn is never changed'); END;
CREATE TRIGGER txn_is_never_deleted BEFORE DELETE ON txn
BEGIN SELECT RAISE(ABORT, 'a txn is never deleted'); END;
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER ledger_head_is_never_deleted BEFORE DELETE ON ledger_head
BEGIN SELECT RAISE(ABORT, 'the head is never deleted'); END;

CREATE TRIGGER txn_follows_the_head BEFORE INSERT ON txn
WHEN NOT EXISTS (SELECT 1 FROM ledger_head WHERE number = NEW.number - 1 AND hash = NEW.previous_hash)
BEGIN SELECT RAISE(ABORT, 'a txn follows the head'); END;
CREATE TRIGGER entry_is_of_the_newest_txn BEFORE INSERT ON entry
WHEN NOT EXISTS (SELECT 1 FROM ledger_head WHERE number = NEW.number - 1)
BEGIN SELECT RAISE(ABORT, 'an entry is of the newest txn'); END;
CREATE TRIGGER ledger_head_is_the_next_txn BEFORE UPDATE ON ledger_head
WHEN NEW.number <> OLD.number + 1 OR NOT EXISTS (SELECT 1 FROM txn WHERE number = NEW.number AND hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'the head is the next txn'); END;
";

const POSTGRES: &str = "
CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the books are never changed', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER txn_is_never_changed BEFORE UPDATE OR DELETE ON txn
    FOR EACH ROW EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER txn_is_never_emptied BEFORE TRUNCATE ON txn
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE OR DELETE ON entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER entry_is_never_emptied BEFORE TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER ledger_head_is_never_deleted BEFORE DELETE ON ledger_head
    FOR EACH ROW EXECUTE FUNCTION ledger_refuses();
CREATE TRIGGER ledger_head_is_never_emptied BEFORE TRUNCATE ON ledger_head
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses();

CREATE OR REPLACE FUNCTION txn_follows_the_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_head WHERE number = NEW.number - 1 AND hash = NEW.previous_hash) THEN
        RAISE EXCEPTION 'a txn follows the head';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER txn_follows_the_head BEFORE INSERT ON txn
    FOR EACH ROW EXECUTE FUNCTION txn_follows_the_head();

CREATE OR REPLACE FUNCTION entry_is_of_the_newest_txn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_head WHERE number = NEW.number - 1) THEN
        RAISE EXCEPTION 'an entry is of the newest txn';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_is_of_the_newest_txn BEFORE INSERT ON entry
    FOR EACH ROW EXECUTE FUNCTION entry_is_of_the_newest_txn();

CREATE OR REPLACE FUNCTION ledger_head_is_the_next_txn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> OLD.number + 1
        OR NOT EXISTS (SELECT 1 FROM txn WHERE number = NEW.number AND hash = NEW.hash) THEN
        RAISE EXCEPTION 'the head is the next txn';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_head_is_the_next_txn BEFORE UPDATE ON ledger_head
    FOR EACH ROW EXECUTE FUNCTION ledger_head_is_the_next_txn();
";
